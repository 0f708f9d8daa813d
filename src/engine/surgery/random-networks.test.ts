/** Removal, masking and folding on random graphs: residuals, concatenations and depthwise parts in any order. */
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type ActivationKind, type Network, parametersOf } from "../core/network";
import { createRng, shuffle } from "../core/rng";
import { shapesOf } from "../ops/registry";
import { type NetworkBuilder, networkBuilder } from "../zoo/builder";
import { analyzeChannels, channelGroups } from "./channel-groups";
import { expectMaskedIsShrunk, expectSameLogits, livelySnapshot, logitsOf, randomInput } from "./check.testing";
import { foldBatchNorm } from "./fold-batch-norm";
import { removeChannels } from "./remove-channels";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const kinds: readonly ActivationKind[] = ["relu", "sigmoid", "tanh", "leaky-relu", "softplus", "hard-sigmoid", "gelu"];

/** One step of a random network: which operation, on which nodes (numbers taken modulo what there is), how large. */
interface Step {
  readonly op: "conv" | "depthwise" | "norm" | "activation" | "pool" | "add" | "concat" | "pad" | "upsample";
  readonly from: number;
  readonly other: number;
  readonly size: number;
  readonly flag: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom("conv", "conv", "depthwise", "norm", "activation", "pool", "add", "concat", "pad", "upsample"),
  from: fc.nat(100),
  other: fc.nat(100),
  size: fc.integer({ min: 1, max: 6 }),
  flag: fc.boolean(),
});

/** The node that the step adds to the pool. Every second step goes on from the last node, so that graphs grow deep. */
function addStep(b: NetworkBuilder, pool: readonly string[], { op, from, other, size, flag }: Step): string {
  const x = flag ? pool.at(-1)! : pool[from % pool.length]!;
  const [height, , channels] = b.shapeOf(x) as [number, number, number];
  switch (op) {
    case "conv": {
      const padding = height >= 3 && other % 2 ? "valid" : "same";
      const kernelSize = other % 3 ? 3 : 1;
      return b.conv2d(x, { filters: size, kernelSize, padding, strides: other % 5 ? 1 : 2, useBias: size % 2 === 0 });
    }
    case "depthwise":
      return b.depthwiseConv2d(x, { kernelSize: 3, multiplier: channels > 8 ? 1 : (other % 2) + 1, useBias: size > 3 });
    case "norm":
      return b.batchNorm(x, {}, `norm${pool.length}`);
    case "activation":
      return b.activation(x, kinds[other % kinds.length], `act${pool.length}`);
    case "pool":
      return b[size % 2 ? "maxPool" : "avgPool"](x, { padding: other % 2 && height > 1 ? "valid" : "same" });
    case "upsample":
      // Images stay small however many steps there are.
      return b.upsample(x, height > 8 ? 1 : [1 + (size % 2), 1 + (other % 2)]);
    case "pad":
      return b.zeroPad(x, { top: 1, bottom: 0, left: other % 2, right: 1 - (other % 2) });
    case "add": {
      const shape = b.shapeOf(x).join();
      const partners = pool.filter((id) => b.shapeOf(id).join() === shape);
      const partner = partners[other % partners.length]!;
      return b.add([x, partner === x ? b.conv2d(x, { filters: channels, kernelSize: 3 }) : partner]);
    }
    case "concat": {
      const image = b.shapeOf(x).slice(0, 2).join();
      const partners = pool.filter((id) => b.shapeOf(id).slice(0, 2).join() === image);
      return b.concat([x, partners[other % partners.length]!]);
    }
  }
}

function buildNetwork(steps: readonly Step[], hidden: number, flat: boolean): Network {
  const b = networkBuilder("random", [6, 6, 2]);
  const pool = [b.conv2d(b.input, { filters: 4, kernelSize: 3 })];
  for (const one of steps) pool.push(addStep(b, pool, one));
  const last = pool.at(-1)!;
  let x = flat ? b.flatten(last) : b.globalAvgPool(last);
  // A second head, so that some node in the middle is read twice.
  x = b.concat([x, b.globalMaxPool(pool[Math.floor(pool.length / 2)]!)]);
  if (hidden > 0)
    x = b.activation(b.dense(x, { units: hidden, useBias: hidden % 2 === 0 }), kinds[hidden % kinds.length]);
  return b.build(b.dense(x, { units: 3 }, "logits"));
}

const network = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 9 }), fc.integer({ min: 0, max: 5 }), fc.boolean())
  .map(([steps, hidden, flat]) => buildNetwork(steps, hidden, flat));

/** A random list of units of every group, in random order. */
function someUnits(of: Network, seed: number): Map<string, number[]> {
  const rng = createRng(seed, "units");
  return new Map(
    channelGroups(of).map(({ id, units }) => [
      id,
      shuffle(
        Array.from({ length: units }, (_, unit) => unit),
        rng,
      ).slice(0, rng.integer(units + 1)),
    ]),
  );
}

// A fixed seed: the tolerance is for rounding, and one run in many thousands may cancel more than it allows.
const runs = { numRuns: 60, seed: 7 };

describe("random networks", () => {
  it("masked == shrunk, and folding either computes the same", () => {
    fc.assert(
      fc.property(network, fc.integer(), (graph, seed) => {
        const snapshot = livelySnapshot(graph, seed);
        const removals = someUnits(graph, seed);
        const x = randomInput(graph, seed);
        const shrunk = expectMaskedIsShrunk(snapshot, removals, x, { roundTo: (Math.abs(seed) % 2) + 1 });
        expectSameLogits(logitsOf(foldBatchNorm(shrunk), x), logitsOf(shrunk, x));
        for (const { id, minimumKept } of channelGroups(shrunk.network)) {
          const channels = shapesOf(shrunk.network).get(id)!.at(-1)!;
          expect(channels).toBeGreaterThanOrEqual(Math.min(minimumKept, shapesOf(graph).get(id)!.at(-1)!));
        }
      }),
      runs,
    );
  });

  it("removing in two steps is removing in one", () => {
    fc.assert(
      fc.property(network, fc.integer(), (graph, seed) => {
        const snapshot = livelySnapshot(graph, seed);
        // Few enough that every layer keeps its minimum in both ways.
        const removals = [...someUnits(graph, seed)]
          .map(([id, units]) => [id, units.slice(0, Math.floor(units.length / 3))] as const)
          .filter(([, units]) => units.length > 0);
        const split = removals.map(([, units]) => Math.floor(units.length / 2));
        const all = removeChannels(snapshot, new Map(removals)).snapshot;
        const first = removeChannels(snapshot, new Map(removals.map(([id, u], i) => [id, u.slice(0, split[i])])));
        const rest = removals.map(([id, units], i) => {
          const gone = units.slice(0, split[i]);
          // A unit's number falls by the removed ones below it.
          return [id, units.slice(split[i]).map((unit) => unit - gone.filter((g) => g < unit).length)] as const;
        });
        const second = removeChannels(first.snapshot, new Map(rest)).snapshot;
        expect(parametersOf(second.network)).toEqual(parametersOf(all.network));
        expectSameLogits(logitsOf(second, randomInput(graph, seed)), logitsOf(all, randomInput(graph, seed)));
      }),
      runs,
    );
  });

  it("every layer that makes channels is in one group or pinned, and every unit has channels", () => {
    fc.assert(
      fc.property(network, (graph) => {
        const { groups, pinned } = analyzeChannels(graph);
        const layers = [...groups.flatMap((g) => g.producers), ...pinned.map((p) => p.producer)];
        const expected = graph.nodes.filter((n) => n.op === "conv2d" || n.op === "dense").map((n) => n.id);
        expect([...layers].sort()).toEqual([...expected].sort());
        for (const { units, slices } of groups) {
          const made = new Set(slices.filter((s) => s.side === "makes").flatMap((s) => [...s.unitOf]));
          for (let unit = 0; unit < units; unit++) expect(made.has(unit)).toBe(true);
        }
      }),
      runs,
    );
  });
});
