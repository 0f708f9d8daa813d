/** What every block owes, seen by looking at the folders themselves, and the rule that later clips spoil nothing. */
import { beforeAll, describe, expect, it } from "vitest";
import { citationKeys } from "#survey/citations";
import { surveyNodeIds } from "#survey/taxonomy";
import type { Words } from "#survey/words";
import { encodeArtefact } from "../codecs/artefact";
import { applyMask } from "../core/effective";
import { parametersOf, type Shape, sizeOfShape } from "../core/network";
import type { ParameterState, Snapshot } from "../core/snapshot";
import { channelGroups } from "../surgery/channel-groups";
import { foldBatchNorm } from "../surgery/fold-batch-norm";
import { removeChannels } from "../surgery/remove-channels";
import {
  decodedOf,
  effectiveOf,
  runTiny,
  startTiny,
  tinyDocument,
  type TinyPlatform,
  tinyPlatform,
  trainedTiny,
} from "../run/tiny.testing";
import { type BlockMeta, blockPrefixes, type BlockWords, familyOf } from "./block";
import { type BlockId, catalog } from "./catalog";
import { clipOfPart } from "../document/loss-parts";
import { formulas } from "./formulas.generated";
import { type NumberParam, parseParams } from "./params";
import { implementationOf } from "./registry/registry";
import { quantizeWeights } from "./shared/quantization/quantize";
import { blockWords } from "./words.generated";

const metas = import.meta.glob<{ meta: BlockMeta }>("./*/*/meta.ts", { eager: true });
const files = Object.keys(import.meta.glob("./*/*/*.ts"));

describe.each(Object.entries(metas))("%s", (path, { meta }) => {
  const folder = path.replace(/\/meta\.ts$/, "");
  const [, family, name] = folder.split("/") as [string, keyof typeof blockPrefixes, string];
  const id = meta.id as (typeof catalog)[number]["id"];

  it("is named after its folder", () => {
    expect([familyOf(meta.id), meta.id]).toEqual([family, `${blockPrefixes[family]}.${name}`]);
  });

  it("does what its family says, or says that it does so in training only", () => {
    const { roles, quantizesInTraining } = meta;
    const told = family === "joint" ? ["prune", "quantize"] : [family];
    const done: readonly string[] = quantizesInTraining ? [...roles, "quantize"] : roles;
    expect(done).toEqual(expect.arrayContaining(told));
  });

  it("has an algorithm and a test", () => {
    expect(files).toEqual(expect.arrayContaining([`${folder}/${name}.ts`, `${folder}/${name}.test.ts`]));
    expect(implementationOf(id)).toBeTypeOf("function");
  });

  it("has a formula of one line, in parts that fit the inspector's column", () => {
    expect(formulas[id]).toMatch(/^\S.{8,78}\S$/u);
    for (const part of formulas[id].split("  ")) expect([...part].length).toBeLessThanOrEqual(36);
  });

  it("its own defaults are valid", () => {
    expect(() => parseParams(meta.params, {})).not.toThrow();
  });

  it("belongs to the survey, cites what exists, and covers itself", () => {
    expect(surveyNodeIds).toContain(meta.survey);
    for (const key of meta.citations) expect(citationKeys).toContain(key);
    expect(meta.covers).toContain(meta.id);
  });

  it("says everything in both languages", () => {
    const { label, summary, params, parts = {} }: BlockWords = blockWords[id];
    const labels = Object.values(params as Record<string, { label: Words; options?: Record<string, Words> }>);
    const all = [
      label,
      summary,
      ...Object.values(parts),
      ...labels.flatMap((p) => [p.label, ...Object.values(p.options ?? {})]),
    ];
    for (const { en, zh } of all) expect([en.trim(), zh.trim()]).not.toContain("");
    expect(Object.keys(params).toSorted()).toEqual(Object.keys(meta.params).toSorted());
  });
});

/** Of a kernel of the tiny network: whether a weight lies at a place of the window or of the map that `masked` removes. */
function atRemovedPlace({ shape, role }: { shape: Shape; role: string }, i: number): boolean {
  // [3, 3, in, out], or [3 * 3 * in, out] behind flatten: nine places, whatever channels are left.
  return role === "kernel" && Math.floor((9 * i) / sizeOfShape(shape)) % 3 === 0;
}

/** One snapshot of each class of state. */
async function states(): Promise<Record<string, Snapshot>> {
  const plain = await trainedTiny();
  const folded = foldBatchNorm(plain);
  const kernels = parametersOf(plain.network).filter((p) => p.role === "kernel");
  const withState = (base: Snapshot, make: (entry: (typeof kernels)[number]) => ParameterState): Snapshot => {
    const made = new Map(kernels.map((entry) => [entry.name, make(entry)]));
    const values = [...base.values].map(([name, v]) => [name, applyMask(v, made.get(name)?.mask)] as const);
    return { ...base, states: made, values: new Map(values) };
  };
  const masked = (base: Snapshot) =>
    withState(base, (entry) => ({
      mask: Uint8Array.from({ length: sizeOfShape(entry.shape) }, (_, i) => (atRemovedPlace(entry, i) ? 0 : 1)),
    }));
  const bits = { wBits: 4, edgeBits: 4, granularity: "channel", calibration: "minmax", percentile: 99 } as const;
  const book = { kind: "codebook", values: Float32Array.of(-0.3, -0.1, 0, 0.1, 0.3) } as const;
  return {
    plain,
    masked: masked(plain),
    shrunk: removeChannels(plain, new Map(channelGroups(plain.network).map(({ id }) => [id, [0, 2]]))).snapshot,
    "4-bit": quantizeWeights(folded, bits),
    "4-bit and masked": quantizeWeights(masked(folded), bits),
    codebook: withState(plain, () => ({ quantizer: book })),
    folded,
  };
}

const classes = ["plain", "masked", "shrunk", "4-bit", "4-bit and masked", "codebook", "folded"];

/** What needs parts that the tiny network has not, in no state; such a block's own test has a network with them. */
const otherNetworks: readonly string[] = ["prune.attention-se", "prune.gran-layer"];

/** Whether a block has to refuse a network: without batch normalization, which folding and quantizing takes away. */
const refuses = ({ id, needs }: BlockMeta, state: string): boolean =>
  otherNetworks.includes(id) || (needs.batchNorm && (state === "folded" || state.startsWith("4-bit")));

/** Distinct values of each output channel, at most. */
function distinct(values: Float32Array, channels: number): number {
  const sets = Array.from({ length: channels }, () => new Set<number>());
  values.forEach((v, i) => sets[i % channels]!.add(v));
  return Math.max(...sets.map((s) => s.size));
}

/** Of searches: few trials, which are short. */
const quick: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "quant.haq": { episodes: 1, fineTuneSteps: 1, share: 1, images: 32 },
};

describe("later clips preserve what earlier ones made", () => {
  let platform: TinyPlatform;
  beforeAll(async () => {
    await startTiny();
    platform = await tinyPlatform(await states());
  });

  // model.replace starts over by its meaning: the network that had the state is gone.
  const blocks: BlockMeta[] = catalog.filter(({ id }) => id !== "model.replace");
  const lengths = { instant: [0], span: [3], either: [0, 3] } as const;
  const cases = blocks.flatMap((meta) =>
    lengths[meta.length].flatMap((steps) => classes.map((state) => [meta, steps, state] as const)),
  );

  it.each(cases.map(([meta, steps, state]) => [meta.id, steps, state, meta] as const))(
    "%s of %i steps on a %s network",
    async (id, steps, state, meta) => {
      const clip = {
        block: id,
        steps,
        ...(meta.needs.teacher ? { teacher: "original" } : {}),
        // Finer than what is there.
        ...(quick[id]
          ? { params: quick[id] }
          : "wBits" in meta.params
            ? { params: { wBits: Math.min(8, (meta.params.wBits as NumberParam).max) } }
            : {}),
      };
      const document = tinyDocument([clip], { model: { source: `file:${state}` } });
      if (refuses(meta, state)) {
        await expect(runTiny(document, { platform })).rejects.toMatchObject({ code: "not-prunable" });
        return;
      }
      const run = await runTiny(document, { platform });
      const after = decodedOf(run);

      // The chart calls each part of the loss by the block's words.
      const parts = run.losses.flatMap(({ names }) => names.flatMap((name) => clipOfPart(name)?.term ?? []));
      expect(Object.keys(blockWords[meta.id as BlockId].parts ?? {})).toEqual(expect.arrayContaining(parts));

      for (const entry of parametersOf(after.network)) {
        const values = effectiveOf(after, entry.name);
        expect(values.every(Number.isFinite)).toBe(true);
        if (entry.role !== "kernel") continue;
        if (state.includes("masked")) {
          expect(values.filter((v, i) => v !== 0 && atRemovedPlace(entry, i))).toHaveLength(0);
          expect(after.states.get(entry.name)!.mask).toBeDefined();
        }
        if (state.startsWith("4-bit")) {
          expect(after.states.get(entry.name)!.quantizer).toMatchObject({ kind: "uniform", bits: 4 });
          expect(distinct(values, entry.shape.at(-1)!)).toBeLessThanOrEqual(15);
        }
        if (state === "codebook") expect(new Set(values).size).toBeLessThanOrEqual(5);
      }

      const kept = platform.lastKept().snapshot;
      // What folds at its start says so: a method that reads batch normalization cannot come behind it.
      if (state === "plain" && !kept.network.nodes.some(({ op }) => op === "batch-norm")) {
        expect(meta.traits.foldsBatchNorm).toBe(true);
      }
      // The file holds what the run had, to the bit, and is written again in the same bytes.
      const live = foldBatchNorm(kept);
      expect(live.network.nodes.map((n) => n.id)).toEqual(after.network.nodes.map((n) => n.id));
      for (const { name } of parametersOf(live.network))
        expect(effectiveOf(after, name)).toEqual(effectiveOf(live, name));
      const again = encodeArtefact(after, { document });
      expect(again.bytes).toEqual(run.result.artefact.bytes);
    },
  );
});
