/**
 * Every block that makes networks smaller, on every network that the studio builds: wherever the block cuts channels out,
 * masking the same ones gives the same logits. What surgery is asked for is seen by standing in its way.
 */
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Network, Node } from "../core/network";
import { createRng } from "../core/rng";
import type { Snapshot } from "../core/snapshot";
import { expectMaskedIsShrunk, livelySnapshot } from "../surgery/check.testing";
import type * as Surgery from "../surgery/remove-channels";
import { runTiny, startTiny, tinyClasses, tinyDocument, type TinyPlatform, tinyPlatform } from "../run/tiny.testing";
import { type BuildId, buildIds } from "../zoo/build-ids";
import { builders } from "../zoo/builders";
import type { BlockMeta } from "./block";
import { catalog } from "./catalog";

interface Cut {
  readonly snapshot: Snapshot;
  readonly removals: Parameters<typeof Surgery.removeChannels>[1];
  readonly options: Parameters<typeof Surgery.removeChannels>[2];
}
const cuts: Cut[] = [];

vi.mock("../surgery/remove-channels", async (original) => {
  const surgery = await original<typeof Surgery>();
  return {
    ...surgery,
    removeChannels(...[snapshot, removals, options]: Parameters<typeof surgery.removeChannels>) {
      cuts.push({ snapshot, removals, options });
      return surgery.removeChannels(snapshot, removals, options);
    },
  };
});

/** Masks of whole shape columns and blocks: their tensors keep their shapes. */
const masking: readonly string[] = ["prune.gran-group", "prune.group-brain-damage", "prune.gran-block-diagonal"];
/** Takes blocks out, not channels; its own test has the property. */
const ofBlocks: readonly string[] = ["prune.gran-layer"];
const structured = catalog.filter(
  ({ id, traits }: BlockMeta) => traits.granularity === "structured" && !masking.includes(id) && !ofBlocks.includes(id),
);

/** Of a network for pixels the mean of them, so that it classifies. */
const meanOfPixels = (network: Network): Network => ({
  ...network,
  nodes: [...network.nodes, { id: "gap", op: "global-avg-pool", inputs: [network.output], attrs: {}, params: {} }],
  output: "gap",
});

/** Images of 12 x 12; LeNet's windows do not fit twice into them, so that it pads them to its own 28 x 28 first. */
function networkFor(id: BuildId): Network {
  if (id === "unet-digit/2") return meanOfPixels(builders[id]([12, 12, 1], tinyClasses));
  if (id !== "lenet5c") return builders[id]([12, 12, 1], tinyClasses);
  const whole = builders[id]([28, 28, 1], tinyClasses);
  const [input, ...rest] = whole.nodes as [Node, ...Node[]];
  const pad: Node = {
    id: "pad",
    op: "zero-pad",
    inputs: [input.id],
    attrs: { top: 8, bottom: 8, left: 8, right: 8 },
    params: {},
  };
  const padded = rest.map((node) => ({
    ...node,
    inputs: node.inputs.map((from) => (from === input.id ? pad.id : from)),
  }));
  return { ...whole, nodes: [{ ...input, attrs: { shape: [12, 12, 1] } } as Node, pad, ...(padded as Node[])] };
}

/** Small enough for tests, and such that something goes. */
const settings: Readonly<Record<string, number | string>> = {
  images: 24,
  batchSize: 8,
  batches: 2,
  samples: 8,
  population: 2,
  generations: 2,
  maximumDrop: 1,
  delta: 0.5,
  targets: "filters-and-units",
};

const withDefaults = ({ params }: BlockMeta) =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => name in params));

beforeAll(startTiny);

// The wider U-Net is the same graph.
describe.each(buildIds.filter((id) => id !== "unet-digit"))("%s", (network: BuildId) => {
  let platform: TinyPlatform;
  beforeAll(async () => {
    platform = await tinyPlatform({ built: livelySnapshot(networkFor(network)) });
  });

  it.each(structured.map((meta: BlockMeta) => [meta.id, meta] as const))("%s", async (block, meta) => {
    cuts.length = 0;
    const steps = meta.length === "span" ? 4 : 0;
    const document = tinyDocument([{ block, steps, params: withDefaults(meta) }], {
      model: { source: "file:built" },
      // Nobody reads how well it classifies.
      dataset: { id: "file:data", test: 4 },
      liveTest: 4,
    });
    const run = runTiny(document, { platform, useCache: false });
    const refused = await run.then(
      () => false,
      (error: { code?: string }) => {
        expect(error.code).toBe("not-prunable");
        return true;
      },
    );
    // A criterion of batch normalization or of gates says where there are none.
    if (refused) {
      expect(meta.needs.batchNorm || block === "prune.attention-se" || network === "mlp-300-100").toBe(true);
      return;
    }
    expect(cuts.length).toBeGreaterThan(0);
    const { snapshot, removals, options } =
      cuts.find((cut) => [...cut.removals.values()].some((units) => [...units].length > 0)) ?? cuts[0]!;
    const rng = createRng(5, "pixels");
    const x = Float32Array.from({ length: 2 * 144 }, () => rng.next());
    expectMaskedIsShrunk(snapshot, removals, x, options);
  });
});
