import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { effectiveValues } from "../quantizers/effective";
import { refreshScales, uniformCodes, type UniformQuantizer } from "../quantizers/weights/uniform";
import { type Network, parametersOf, sizeOfShape } from "../core/network";
import type { Snapshot } from "../core/snapshot";
import { networkBuilder } from "../zoo/builder";
import type { BuildId } from "../zoo/build-ids";
import { builders } from "../zoo/builders";
import {
  expectConsistent,
  expectSameLogits,
  livelySnapshot,
  logitsOf,
  randomInput,
  randomRemovals,
} from "./check.testing";
import { foldBatchNorm, foldNetwork } from "./fold-batch-norm";
import { maskChannels } from "./mask-channels";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const scalars = (network: Network) => parametersOf(network).reduce((sum, { shape }) => sum + sizeOfShape(shape), 0);
const norms = (network: Network) => network.nodes.filter((n) => n.op === "batch-norm").map((n) => n.id);

function expectSameFunction(snapshot: Snapshot): Snapshot {
  const folded = foldBatchNorm(snapshot);
  expectConsistent(folded);
  const x = randomInput(snapshot.network);
  expectSameLogits(logitsOf(folded, x), logitsOf(snapshot, x));
  return folded;
}

/** Quantizes a kernel as a training would: scales of the (masked) weights it has. */
function quantize(snapshot: Snapshot, name: string, granularity: "tensor" | "channel", bits = 4): Snapshot {
  const weights = snapshot.values.get(name)!;
  const channels =
    granularity === "tensor"
      ? 1
      : parametersOf(snapshot.network)
          .find((p) => p.name === name)!
          .shape.at(-1)!;
  const clips = new Float32Array(channels).fill(0.9);
  const quantizer = refreshScales(weights, { kind: "uniform", bits, granularity, clips, scales: new Float32Array() });
  return { ...snapshot, states: new Map(snapshot.states).set(name, { ...snapshot.states.get(name), quantizer }) };
}

const tiny = (negative = false) => {
  const b = networkBuilder("tiny", [6, 6, 2]);
  const x = b.activation(b.batchNorm(b.conv2d(b.input, { filters: 5, kernelSize: 3, useBias: negative })));
  return livelySnapshot(b.build(b.dense(b.globalAvgPool(x), { units: 3 }, "logits")));
};

describe("foldBatchNorm", () => {
  // Kernels, one bias for each output channel, the classifier: 28 x 28 x 1 in, 10 classes.
  const published: Record<BuildId, number> = {
    "mlp-300-100": 266_610,
    lenet5c: 431_080,
    "cnn-s": 14_378,
    "cnn-m": 140_138,
    "cnn-m/2": 35_514,
    "cnn-m/4": 9_122,
    resnet8: 77_418,
    "mobile-t": 18_346,
    // cnn-s' 14,378, and gates 16-4-16: 68 + 80, and twice 32-8-32: 264 + 288
    "cnn-se": 15_630,
    // 160 + 4,640 + 18,496 down, (64 + 32) to 32: 27,680, (32 + 16) to 16: 6,928, and 16 to 10 classes: 170
    "unet-digit": 58_074,
    // Half as wide: 80 + 1,168 + 4,640 down, 48 to 16: 6,928, 24 to 8: 1,736, 8 to 10: 90
    "unet-digit/2": 14_642,
  };
  it.each(Object.entries(published))("%s has %i parameters folded", (id, count) => {
    const network = builders[id as BuildId]();
    expect(scalars(foldNetwork(network))).toBe(count);
    expect(norms(foldNetwork(network))).toEqual([]);
    const folded = foldBatchNorm(livelySnapshot(network));
    expect(folded.network).toEqual(foldNetwork(network));
    expectConsistent(folded);
  });

  it.each(["cnn-s", "resnet8", "mobile-t", "cnn-se"] as const)("%s computes the same, folded", (id) => {
    expectSameFunction(livelySnapshot(builders[id]([14, 14, 1])));
  });

  it("by hand: gamma 2, variance 3, epsilon 1: s = 1; mean 5, beta 7, bias 4: 4 * 1 - 5 + 7 = 6", () => {
    const b = networkBuilder("hand", [1]);
    const network = b.build(b.batchNorm(b.dense(b.input, { units: 1 }, "d"), { epsilon: 1 }));
    const value = (x: number) => Float32Array.of(x);
    const values = new Map([
      ...([
        ["d/kernel", value(8)],
        ["d/bias", value(4)],
        ["d-bn/gamma", value(2)],
      ] as const),
      ...([
        ["d-bn/beta", value(7)],
        ["d-bn/movingMean", value(5)],
        ["d-bn/movingVariance", value(3)],
      ] as const),
    ]);
    const folded = foldBatchNorm({ network, values, states: new Map(), activations: new Map() });
    expect(folded.network.output).toBe("d");
    expect([...folded.values]).toEqual([
      ["d/kernel", value(8)],
      ["d/bias", value(6)],
    ]);
  });

  it("returns the same object when there is nothing to fold", () => {
    const snapshot = livelySnapshot(builders.lenet5c());
    expect(foldBatchNorm(snapshot)).toBe(snapshot);
    expect(foldNetwork(snapshot.network)).toBe(snapshot.network);
    const folded = foldBatchNorm(tiny());
    expect(foldBatchNorm(folded)).toBe(folded);
  });

  it("leaves a normalization behind pooling, add, flatten or an activation, or of a layer that others read", () => {
    const b = networkBuilder("stay", [4, 4, 2]);
    const conv = () => b.conv2d(b.input, { filters: 3, kernelSize: 3 });
    const shared = conv();
    const pooled = b.batchNorm(b.maxPool(conv()));
    const added = b.batchNorm(b.maxPool(b.add([b.batchNorm(shared), shared])), {}, "added-bn");
    const flat = b.batchNorm(b.flatten(b.concat([pooled, added, b.maxPool(b.activation(conv()))])), {}, "flat-bn");
    const snapshot = livelySnapshot(b.build(b.dense(flat, { units: 2 }, "logits")));
    expect(norms(snapshot.network)).toHaveLength(4);
    expect(foldBatchNorm(snapshot)).toBe(snapshot);
  });

  it("folds two normalizations in a row, and one at the output", () => {
    const b = networkBuilder("twice", [4]);
    const hidden = b.batchNorm(b.batchNorm(b.dense(b.input, { units: 6 })));
    const out = b.batchNorm(b.dense(b.activation(hidden), { units: 3, useBias: false }, "logits"));
    const folded = expectSameFunction(livelySnapshot(b.build(out)));
    expect(folded.network.nodes.map((n) => n.id)).toEqual(["input", "dense1", "dense1-relu", "logits"]);
    expect(folded.network.output).toBe("logits");
  });

  it("keeps masked weights zero, and masked channels masked", () => {
    const network = builders.resnet8([8, 8, 1]);
    const masked = maskChannels(livelySnapshot(network), randomRemovals(network, 0.4));
    const folded = expectSameFunction(masked);
    for (const { name, role } of parametersOf(folded.network)) {
      const before = masked.states.get(name)?.mask;
      const after = folded.states.get(name)?.mask;
      if (role === "kernel") expect(after).toEqual(before);
      after?.forEach((keep, i) => {
        if (!keep) expect(Object.is(folded.values.get(name)![i], 0)).toBe(true);
      });
    }
    // What was masked in beta is masked in the bias that beta went into.
    const lost = folded.states.get("conv1/bias")!.mask!.filter((keep) => !keep).length;
    expect(lost).toBe(masked.states.get("conv1-bn/beta")!.mask!.filter((keep) => !keep).length);
    expect(lost).toBeGreaterThan(0);
  });

  it.each(["tensor", "channel"] as const)(
    "keeps the codes of a %s-wise uniform quantizer, scales its scales",
    (granularity) => {
      const snapshot = quantize(tiny(true), "conv1/kernel", granularity);
      const folded = expectSameFunction(snapshot);
      const state = folded.states.get("conv1/kernel")!;
      const quantizer = state.quantizer as UniformQuantizer;
      expect(quantizer.granularity).toBe("channel");
      expect(quantizer.scales).toHaveLength(5);
      const old = snapshot.states.get("conv1/kernel")!.quantizer as UniformQuantizer;
      const before = uniformCodes(snapshot.values.get("conv1/kernel")!, old).codes;
      const after = uniformCodes(folded.values.get("conv1/kernel")!, quantizer).codes;
      // The lively gamma of channel 4 is negative.
      expect(after).toEqual(before.map((code, i) => (i % 5 === 4 ? -code : code)));
      // Training on: scales made afresh are these scales, except that a channel inside the tensor's range gets its own.
      const fresh = refreshScales(folded.values.get("conv1/kernel")!, quantizer);
      fresh.scales.forEach((scale, c) => {
        if (granularity === "channel" || quantizer.clips[c]! < 1)
          expect(scale / quantizer.scales[c]!).toBeCloseTo(1, 5);
        else expect(scale).toBeLessThanOrEqual(quantizer.scales[c]! * 1.00001);
      });
    },
  );

  it("keeps the quantizer of a depthwise kernel, whose channels are c * multiplier + m", () => {
    const b = networkBuilder("depthwise", [5, 5, 3]);
    const x = b.batchNorm(b.depthwiseConv2d(b.input, { kernelSize: 3, multiplier: 2 }));
    const snapshot = livelySnapshot(b.build(b.dense(b.globalAvgPool(x), { units: 2 })));
    const quantized = quantize(snapshot, "depthwise1/kernel", "tensor");
    expect(
      (expectSameFunction(quantized).states.get("depthwise1/kernel")!.quantizer as UniformQuantizer).scales,
    ).toHaveLength(6);
  });

  it("leaves the normalization of a codebook kernel, of a quantized output and of a quantized bias", () => {
    const snapshot = tiny(true);
    const codebook = { quantizer: { kind: "codebook", values: Float32Array.of(-0.3, 0, 0.3) } } as const;
    const withState = (name: string) => ({ ...snapshot, states: new Map([[name, codebook]]) });
    for (const name of ["conv1/kernel", "conv1/bias"]) {
      const state = withState(name);
      expect(foldBatchNorm(state)).toBe(state);
    }
    const quantized = {
      ...snapshot,
      activations: new Map([["conv1", { kind: "affine" as const, bits: 8, scale: 0.1, zeroPoint: 128 }]]),
    };
    expect(foldBatchNorm(quantized)).toBe(quantized);
  });

  it("hands the quantizer of the normalization's output on to the layer", () => {
    const quantizer = { kind: "affine" as const, bits: 4, scale: 0.2, zeroPoint: 7 };
    const snapshot = { ...tiny(), activations: new Map([["conv1-bn", quantizer]]) };
    expect([...foldBatchNorm(snapshot).activations]).toEqual([["conv1", quantizer]]);
  });

  it("folds effective gammas: a masked one takes its channel's kernel with it", () => {
    const snapshot = tiny();
    const mask = Uint8Array.of(1, 0, 1, 1, 1);
    const masked = { ...snapshot, states: new Map([["conv1-bn/gamma", { mask }]]) };
    const folded = expectSameFunction(masked);
    const kernel = effectiveValues(folded.values.get("conv1/kernel")!, folded.states.get("conv1/kernel"));
    expect(kernel.every((w, i) => (i % 5 === 1) === (w === 0))).toBe(true);
    // Beta is not masked, so the bias is alive.
    expect(folded.states.has("conv1/bias")).toBe(false);
  });
});
