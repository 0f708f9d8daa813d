import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { nodeById, parametersOf } from "../../../core/network";
import { createRng } from "../../../core/rng";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk, expectSameLogits, logitsOf } from "../../../surgery/check.testing";
import { modelAccess } from "../../../run/model-access";
import {
  filtersOf,
  runTiny,
  startTiny,
  tinyDocument,
  tinyPixels,
  tinyPlatform,
  trainedTiny,
} from "../../../run/tiny.testing";
import { forward } from "../../../training/forward";
import { LearnedTensors, type LearnedTensor } from "../../../training/learned-tensors";
import { LiveModel } from "../../../training/live-model";
import { networkBuilder } from "../../../zoo/builder";
import type { ClipContext } from "../../block";
import { parseParams } from "../../params";
import { unitsChosen } from "../../shared/pruning/pruning.testing";
import { meta } from "./meta";
import { pdip, scoresOf } from "./pdip";
import { readingSlices, scaledByUnits } from "../../shared/pruning/unit-factors";

beforeAll(startTiny);

/** What reads the units of the tiny network: the second convolution, and the dense layer behind flatten. */
const readBy = { conv1: "conv2", conv2: "flatten" } as const;

/** Logits where each unit is multiplied before it is read, by factors in the graph. */
function gatedLogits(snapshot: Snapshot, factors: ReadonlyMap<string, Float32Array>, x: Float32Array): Float32Array {
  const { network } = snapshot;
  const shapes = new Map(parametersOf(network).map(({ name, shape }) => [name, shape]));
  const gates = new Map(
    Object.entries(readBy).map(([group, reader]) => [nodeById(network, reader).inputs[0]!, factors.get(group)!]),
  );
  return tf.tidy(() => {
    const { output } = forward(
      network,
      (name) => tf.tensor(valuesOf(snapshot, name), [...shapes.get(name)!]),
      tf.tensor(x, [x.length / 144, 12, 12, 1]),
      {
        fuse: false,
        transformActivation: (id, value) => (gates.has(id) ? tf.mul(value, tf.tensor1d(gates.get(id)!)) : value),
      },
    );
    return output.dataSync() as Float32Array;
  });
}

/** The snapshot with the factors in the weights of the readers. */
function folded(snapshot: Snapshot, factors: ReadonlyMap<string, Float32Array>): Snapshot {
  const shapes = new Map(parametersOf(snapshot.network).map(({ name, shape }) => [name, shape]));
  const values = new Map(snapshot.values);
  for (const group of channelGroups(snapshot.network)) {
    for (const slice of readingSlices(group)) {
      const kernel = tf.tidy(() =>
        scaledByUnits(
          tf.tensor(values.get(slice.parameter)!, [...shapes.get(slice.parameter)!]),
          slice,
          tf.tensor1d(factors.get(group.id)!),
        ).dataSync(),
      );
      values.set(slice.parameter, kernel as Float32Array);
    }
  }
  return { ...snapshot, values };
}

function someFactors(): Map<string, Float32Array> {
  const rng = createRng(5, "factors");
  return new Map([
    ["conv1", Float32Array.from({ length: 6 }, () => rng.next())],
    ["conv2", Float32Array.from({ length: 8 }, () => rng.next())],
  ]);
}

describe("factors of units (Xu et al. 2022)", () => {
  it("begin at sigmoid(3) = 0.952574", () => {
    expect(tf.tidy(() => scoresOf(tf.zeros([1]), 20).dataSync()[0])).toBeCloseTo(0.952574, 6);
  });

  it("folded into the weights of the readers: logits before and after are equal", async () => {
    const snapshot = await trainedTiny();
    const x = tinyPixels(6);
    const gated = gatedLogits(snapshot, someFactors(), x);
    expectSameLogits(logitsOf(folded(snapshot, someFactors()), x), gated);
    expect(gated.some((logit, i) => Math.abs(logit - logitsOf(snapshot, x)[i]!) > 0.1)).toBe(true);
  });

  it("scale rows of the input axis; channels of no unit keep theirs", () => {
    // Kernel [1, 1, 3, 2]: channels 0 and 2 are units 1 and 0.
    const slice = { node: "c", role: "kernel", parameter: "c/kernel", axis: 2, stride: 2, side: "reads" } as const;
    const kernel = tf.tidy(() =>
      scaledByUnits(
        tf.tensor([1, 2, 3, 4, 5, 6], [1, 1, 3, 2]),
        { ...slice, unitOf: Int32Array.of(1, -1, 0) },
        tf.tensor1d([10, 0.5]),
      ).dataSync(),
    );
    expect([...kernel]).toEqual([0.5, 1, 3, 4, 50, 60]);
  });

  it("of two branches that are joined scale each its own rows of the reader", () => {
    const b = networkBuilder("joined", [4, 4, 1]);
    const conv = (id: string) => b.activation(b.conv2d(b.input, { filters: 2, kernelSize: 1 }, id));
    const sum = b.conv2d(b.concat([conv("left"), conv("right")]), { filters: 2, kernelSize: 1 }, "sum");
    const network = b.build(b.dense(b.globalAvgPool(sum), { units: 2 }, "logits"));
    const slices = channelGroups(network).flatMap((group) => readingSlices(group).map((slice) => [group.id, slice]));
    expect(slices.map(([id, slice]) => [id, (slice as { unitOf: Int32Array }).unitOf])).toEqual([
      ["left", Int32Array.of(0, 1, -1, -1)],
      ["right", Int32Array.of(-1, -1, 0, 1)],
      ["sum", Int32Array.of(0, 1)],
    ]);
  });
});

describe("a step", () => {
  it("computes with the weights as they are, and moves them by what the scores have become", async () => {
    const snapshot = await trainedTiny();
    const model = new LiveModel(snapshot);
    const learned = new LearnedTensors();
    const tensors = new Map<string, LearnedTensor>();
    const access = modelAccess(
      () => model,
      () => undefined,
    );
    const run = pdip({
      params: parseParams(meta.params, { scoreRate: 1 }),
      steps: 9,
      layers: new Map(),
      rng: (stream: string) => createRng(1, stream),
      services: {
        variable(name: string, initial: Float32Array, shape: readonly number[], options?: { trainable?: boolean }) {
          const tensor = learned.variable(name, initial, shape, options);
          tensors.set(name, tensor);
          return tensor;
        },
      } as ClipContext["services"],
    });
    await run.onBegin?.(access);
    run.onStep?.(0, access);
    const seen = (name: string) => tf.tidy(() => run.parameter!(name, model.raw(name), 0).dataSync());
    expect(seen("conv2/kernel")).toEqual(valuesOf(snapshot, "conv2/kernel"));
    expect(tensors.get("u/0/conv1")).toBeDefined();
    // An optimizer step has moved theta of unit 2 of conv1 from 3 to 0: a from .952574 to .5.
    tensors.get("u/0/conv1")!.assign(Float32Array.of(0, 0, -3, 0, 0, 0));
    run.afterUpdate?.(0, access, { kind: "adam", learningRate: 0.001, momentum: 0 });
    const after = await model.snapshot();
    valuesOf(after, "conv2/kernel").forEach((w, i) => {
      const factor = Math.floor(i / 8) % 6 === 2 ? 0.5 / 0.952574 : 1;
      expect(w).toBeCloseTo(factor * valuesOf(snapshot, "conv2/kernel")[i]!, 6);
    });
    expect(valuesOf(after, "logits/kernel")).toEqual(valuesOf(snapshot, "logits/kernel"));
    expect(seen("conv2/kernel")).toEqual(valuesOf(after, "conv2/kernel"));
    // The pull: strength 1 times the mean of the 14 scores.
    const pull = tf.tidy(() => run.losses![0]!.compute({} as never, [], 0).dataSync()[0]);
    expect(pull).toBeCloseTo((13 * 0.952574 + 0.5) / 14, 6);
    learned.dispose();
    model.dispose();
  });
});

describe("on the timeline", () => {
  const clip = { block: "prune.pdip", steps: 12 };

  it("on trained weights masked is shrunk", async () => {
    const factors = someFactors();
    const snapshot = folded(await trainedTiny(), factors);
    const removals = unitsChosen(snapshot, (groups) => groups.map(({ id }) => factors.get(id)!), 0.4, {
      scope: "global",
    });
    expectMaskedIsShrunk(snapshot, removals, tinyPixels(4));
  });

  it("three rounds of .15 leave 8 of 14 units, the last third at the end; the mean score is charted", async () => {
    const run = await runTiny(tinyDocument([clip], { evaluateEvery: 6 }), {
      platform: await tinyPlatform(),
      useCache: false,
    });
    expect(filtersOf(run).reduce((sum, n) => sum + n, 0)).toBe(8);
    const [original, middle, end] = run.points;
    expect(middle!.parameters).toBeLessThan(original!.parameters);
    expect(end!.parameters).toBeLessThan(middle!.parameters);
    expect(run.losses[0]!.names).toEqual(["hard labels", "c0:mean-score"]);
  });

  it("a stronger pull makes the scores smaller", async () => {
    const platform = await tinyPlatform();
    const lastScore = async (strength: number) => {
      const params = { rounds: 1, strength, scoreRate: 100 };
      const { losses } = await runTiny(tinyDocument([{ ...clip, params }]), { platform, useCache: false });
      return losses.at(-1)!.parts[1]!.at(-1)! / strength;
    };
    expect(await lastScore(1)).toBeLessThan((await lastScore(0.001)) - 0.05);
  });

  it("three of fourteen units go, and after some training the network still tells the strokes apart", async () => {
    const recovery = { block: "train.fine-tune", start: 30, steps: 60 };
    const learned = { ...clip, steps: 30, params: { perRound: 0.1, rounds: 2 } };
    const run = await runTiny(tinyDocument([learned, recovery]), { platform: await tinyPlatform() });
    expect(filtersOf(run).reduce((sum, n) => sum + n, 0)).toBe(11);
    expect(run.result.final.accuracy).toBeGreaterThan(0.9);
  });

  it("a run that goes on from inside a round comes to the same bytes", async () => {
    const platform = await tinyPlatform();
    const clips = [clip, { block: "prune.magnitude", start: 6, params: { sparsity: 0.1 } }];
    const later = tinyDocument([...clips, { block: "prune.magnitude", start: 12, params: { sparsity: 0.3 } }]);
    await runTiny(tinyDocument(clips), { platform });
    const resumed = await runTiny(later, { platform });
    expect(resumed.restoredAt).toBe(6);
    const whole = await runTiny(later, { platform, useCache: false });
    expect(resumed.result.artefact.sha256).toBe(whole.result.artefact.sha256);
  });

  it("units that another clip cuts in the middle of a round are scored anew", async () => {
    const cut = { block: "prune.filter-l1", start: 5, params: { sparsity: 0.34 } };
    const run = await runTiny(tinyDocument([{ ...clip, params: { perRound: 0.1, rounds: 2 } }, cut]), {
      platform: await tinyPlatform(),
    });
    // 6 and 8 lose 2 and 3; two rounds would leave 14 - 3 units in all, and 9 are left already.
    expect(filtersOf(run)).toEqual([4, 5]);
  });
});
