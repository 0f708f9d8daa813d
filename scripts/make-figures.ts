/**
 * Computes two figures of the survey with the studio's own methods on one small network, and writes them down for the
 * page: what goes together (figure 1), and when (figure 2). `npx tsx scripts/make-figures.ts`; a test holds them true.
 */
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { ClipServices, LayerChoice, ModelAccess } from "#engine/blocks/block";
import { type BlockId, blockMeta } from "#engine/blocks/catalog";
import { parseParams } from "#engine/blocks/params";
import { implementationOf } from "#engine/blocks/registry/registry";
import { createRng } from "#engine/core/rng";
import { plainSnapshot, type Snapshot } from "#engine/core/snapshot";
import { sparsityOf } from "#engine/metrics/accounting";
import { traceLayers, watchModel } from "#engine/run/decisions";
import { roundStep } from "#engine/document/schedule";
import { networkBuilder } from "#engine/zoo/builder";
import { initializeValues } from "#engine/zoo/initialize";

export const figuresFile = "src/app/figures/figures.json";

/** The kernel that is looked at has 8 filters of 4 slices of 3 x 3. */
const looked = "second";

function smallNetwork(): Snapshot {
  const b = networkBuilder("small", [6, 6, 1]);
  const first = b.activation(b.conv2d(b.input, { filters: 4, kernelSize: 3 }, "first"));
  const second = b.activation(b.conv2d(first, { filters: 8, kernelSize: 3 }, looked));
  const network = b.build(b.dense(b.globalAvgPool(second), { units: 4 }, "logits"));
  return plainSnapshot(network, initializeValues(network, 5));
}

/** Methods that decide from weights alone ask for nothing else. */
const services = { recalibrateBatchNorm: (snapshot: Snapshot) => Promise.resolve(snapshot) } as Partial<ClipServices>;

interface Asked {
  readonly block: BlockId;
  readonly params: Readonly<Record<string, number | string>>;
  readonly layers?: Readonly<Record<string, LayerChoice>>;
  readonly steps?: number;
}

/** Takes a method's decisions one after the other; nothing trains. */
async function decide(
  { block, params, layers = {}, steps = 0 }: Asked,
  snapshot: Snapshot,
  onRound: (step: number, now: Snapshot) => void = () => undefined,
) {
  let now = snapshot;
  const model: ModelAccess = {
    get network() {
      return now.network;
    },
    snapshot: () => Promise.resolve(now),
    replace: (next) => void (now = next),
    resetOptimizer: () => undefined,
    observeActivations: () => undefined,
    update: () => {
      throw new Error(`expected ${block} to decide from weights alone`);
    },
  };
  const watched = watchModel(model);
  const run = implementationOf(block)({
    params: parseParams(blockMeta(block).params, params, "figure"),
    steps,
    services: services as ClipServices,
    layers: new Map(Object.entries(layers)),
    rng: (stream) => createRng(5, stream),
  });
  await run.onBegin?.(watched);
  const { rounds } = run;
  for (let round = 0; round < (rounds?.count ?? 0); round++) {
    await run.onRound?.(round, watched);
    onRound(roundStep({ start: 0, steps }, rounds!, round), now);
  }
  await run.onEnd?.(watched, "finished");
  return { now, kept: watched.kept() };
}

const half = { sparsity: 0.5 };
/** The other layer whole, so that one thing is seen at a time. */
const granularities = {
  weights: { block: "prune.magnitude", params: half },
  groups: { block: "prune.gran-group", params: half },
  blocks: { block: "prune.gran-block-diagonal", params: { blockSize: 2 } },
  channels: { block: "prune.filter-l1", params: half, layers: { [looked]: { sparsity: 0 } } },
  filters: { block: "prune.filter-l1", params: half, layers: { first: { sparsity: 0 } } },
} as const satisfies Record<string, Asked>;

const schedule = { sparsity: 0.8, rounds: 5, endFraction: 1 };
const schedules = {
  oneShot: { ...schedule, schedule: "one-shot" },
  linear: { ...schedule, schedule: "iterative", growth: "linear" },
  geometric: { ...schedule, schedule: "iterative", growth: "geometric" },
  agp: { ...schedule, schedule: "agp" },
} as const;
const scheduleSteps = 100;

export interface Figures {
  /** Kernel shape, and for each granularity its weights in order: `1` stays, `0` is gone. */
  readonly granularity: {
    readonly shape: readonly number[];
    readonly kinds: Readonly<Record<keyof typeof granularities, { readonly block: string; readonly kept: string }>>;
  };
  /** Sparsity of all kernels after each decision, and the step of it. */
  readonly schedule: {
    readonly steps: number;
    readonly kinds: Readonly<Record<keyof typeof schedules, readonly (readonly [step: number, sparsity: number])[]>>;
  };
}

async function keptOf(asked: Asked): Promise<{ readonly block: string; readonly kept: string }> {
  const before = smallNetwork();
  const { now, kept } = await decide(asked, before);
  // 36 by 8: a cell of the map is a weight.
  const map = traceLayers(before, now, kept).find(({ layer }) => layer === looked)!.picture!.map;
  return { block: asked.block, kept: Array.from(map.removed, (removed) => (removed > 127 ? "0" : "1")).join("") };
}

async function stairOf(params: Asked["params"]): Promise<[number, number][]> {
  const stair: [number, number][] = [];
  await decide({ block: "prune.magnitude", params, steps: scheduleSteps }, smallNetwork(), (step, now) =>
    stair.push([step, Number(sparsityOf(now).kernels.toFixed(4))]),
  );
  return stair;
}

async function each<K extends string, A, B>(all: Readonly<Record<K, A>>, of: (value: A) => Promise<B>) {
  const entries: [string, B][] = [];
  for (const [key, value] of Object.entries<A>(all)) entries.push([key, await of(value)]);
  return Object.fromEntries(entries) as Record<K, B>;
}

export async function makeFigures(): Promise<Figures> {
  return {
    granularity: {
      shape: [3, 3, 4, 8],
      kinds: await each<keyof typeof granularities, Asked, { block: string; kept: string }>(granularities, keptOf),
    },
    schedule: {
      steps: scheduleSteps,
      kinds: await each<keyof typeof schedules, Asked["params"], [number, number][]>(schedules, stairOf),
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(figuresFile, `${JSON.stringify(await makeFigures(), undefined, 2)}\n`);
}
