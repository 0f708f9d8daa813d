import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { EngineError } from "../core/errors";
import { refreshScales, type UniformQuantizer } from "../quantizers/weights/uniform";
import { type Network, parametersOf, sizeOfShape } from "../core/network";
import type { ParameterState, Snapshot } from "../core/snapshot";
import { networkBuilder } from "../zoo/builder";
import { builders } from "../zoo/builders";
import {
  expectConsistent,
  expectMaskedIsShrunk,
  expectSameLogits,
  livelySnapshot,
  logitsOf,
  randomInput,
  randomRemovals,
} from "./check.testing";
import { channelGroups } from "./channel-groups";
import { cutArray } from "./cut";
import { foldNetwork } from "./fold-batch-norm";
import { maskChannels } from "./mask-channels";
import { removeChannels } from "./remove-channels";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const range = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);
const scalars = (network: Network, only?: "kernel") =>
  parametersOf(network)
    .filter(({ role }) => !only || role === only)
    .reduce((sum, { shape }) => sum + sizeOfShape(shape), 0);
const shapeIn = ({ network }: Snapshot, name: string) => parametersOf(network).find((p) => p.name === name)?.shape;
const thrown = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("parameter counts after removal", () => {
  it("3x3 16 -> 32, then 32 -> 10, twelve filters away: 7,530 -> 4,710", () => {
    const b = networkBuilder("pair", [6, 6, 16]);
    const x = b.conv2d(b.conv2d(b.input, { filters: 32, kernelSize: 3 }), { filters: 10, kernelSize: 3 });
    const network = b.build(x);
    // (16 * 9 * 32 + 32) + (32 * 9 * 10 + 10) = 4640 + 2890
    expect(scalars(network)).toBe(7530);
    const { snapshot } = removeChannels(livelySnapshot(network), new Map([["conv1", range(12)]]));
    // (16 * 9 * 20 + 20) + (20 * 9 * 10 + 10) = 2900 + 1810
    expect(scalars(snapshot.network)).toBe(4710);
  });

  it("784-300-100, 120 neurons away: 265,200 -> 159,120 weights before the classifier", () => {
    const snapshot = livelySnapshot(builders["mlp-300-100"]());
    const shrunk = removeChannels(snapshot, new Map([["dense1", range(120, 90)]])).snapshot;
    expect(shapeIn(shrunk, "dense1/kernel")).toEqual([784, 180]);
    expect(shapeIn(shrunk, "dense2/kernel")).toEqual([180, 100]);
    // 784 * 180 + 180 * 100, and the classifier's 1000
    expect(scalars(shrunk.network, "kernel")).toBe(159_120 + 1000);
  });

  it("lenet5c without ten filters of conv2 loses 10 * 25 * 20 weights, 10 biases and 10 * 16 rows of 500", () => {
    const snapshot = livelySnapshot(builders.lenet5c());
    const shrunk = removeChannels(snapshot, new Map([["conv2", range(10)]])).snapshot;
    expect(scalars(shrunk.network)).toBe(431_080 - 5000 - 10 - 80_000);
  });

  it("VGG-16 for 32 x 32 x 3: 14.71 M convolution weights, a quarter of them at half the channels", () => {
    const b = networkBuilder("vgg16", [32, 32, 3]);
    let x = b.input;
    for (const [filters, layers] of [
      [64, 2],
      [128, 2],
      [256, 3],
      [512, 3],
      [512, 3],
    ] as const) {
      for (let i = 0; i < layers; i++) {
        x = b.activation(b.batchNorm(b.conv2d(x, { filters, kernelSize: 3, useBias: false })));
      }
      x = b.maxPool(x);
    }
    const network = b.build(b.dense(b.activation(b.dense(b.flatten(x), { units: 512 })), { units: 10 }, "logits"));
    const convolutions = (of: Network) =>
      parametersOf(of).reduce(
        (sum, { role, node, shape }) => (role === "kernel" && node.op === "conv2d" ? sum + sizeOfShape(shape) : sum),
        0,
      );
    // 9 * (3*64 + 64*64 + 64*128 + 128^2 + 128*256 + 2*256^2 + 256*512 + 5*512^2)
    expect(convolutions(network)).toBe(14_710_464);
    const groups = channelGroups(network);
    expect(groups.map((g) => g.units)).toEqual([64, 64, 128, 128, 256, 256, 256, ...Array<number>(7).fill(512)]);
    const values = new Map(
      parametersOf(network).map(({ name, shape }) => [name, new Float32Array(sizeOfShape(shape))]),
    );
    const removals = new Map(groups.map(({ id, units }) => [id, range(units / 2)]));
    const { snapshot, kept } = removeChannels({ network, values, states: new Map(), activations: new Map() }, removals);
    // A quarter, but the first layer's input stays: (14,710,464 - 1728) / 4 + 1728 / 2
    expect(convolutions(snapshot.network)).toBe(3_677_184 + 864);
    expect(kept.get("conv13/kernel")!.map((cut) => cut.indices.length)).toEqual([256, 256]);
    expectConsistent(snapshot);
  });

  it("of cnn-m at half the units everywhere, folded, is cnn-m/2", () => {
    const network = builders["cnn-m"]();
    const removals = new Map(channelGroups(network).map(({ id, units }) => [id, range(units / 2)]));
    const { snapshot } = removeChannels(livelySnapshot(network), removals);
    expect(scalars(foldNetwork(snapshot.network))).toBe(35_514);
  });
});

describe("removeChannels", () => {
  it("returns the same snapshot when nothing goes", () => {
    const snapshot = livelySnapshot(builders["cnn-s"]([8, 8, 1]));
    expect(removeChannels(snapshot, new Map())).toEqual({ snapshot, kept: new Map() });
    expect(removeChannels(snapshot, new Map([["conv1", []]])).snapshot).toBe(snapshot);
    expect(maskChannels(snapshot, new Map([["conv1", []]]))).toBe(snapshot);
  });

  it("does not touch the snapshot it is given", () => {
    const snapshot = livelySnapshot(builders["cnn-s"]([8, 8, 1]));
    const before = structuredClone(snapshot);
    removeChannels(snapshot, new Map([["conv2", [0, 1]]]));
    maskChannels(snapshot, new Map([["conv2", [0, 1]]]));
    expect(snapshot).toEqual(before);
  });

  it("says what it kept of each parameter, so that moments are cut alike", () => {
    const snapshot = livelySnapshot(builders["cnn-s"]([8, 8, 1]));
    const { snapshot: shrunk, kept } = removeChannels(snapshot, new Map([["conv1", [2, 3, 11]]]));
    expect([...kept.keys()].sort()).toEqual(
      ["gamma", "beta", "movingMean", "movingVariance"]
        .map((role) => `conv1-bn/${role}`)
        .concat("conv1/kernel", "conv2/kernel")
        .sort(),
    );
    expect([...kept.get("conv2/kernel")!]).toEqual([
      { axis: 2, indices: Uint32Array.from([0, 1, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15]) },
    ]);
    for (const { name, shape } of parametersOf(snapshot.network)) {
      expect(cutArray(snapshot.values.get(name)!, shape, kept.get(name) ?? [])).toEqual(shrunk.values.get(name));
    }
  });

  it("gives the same network in one step and in two", () => {
    const snapshot = livelySnapshot(builders.resnet8([8, 8, 1]));
    const both = removeChannels(
      snapshot,
      new Map([
        ["conv1", [1, 5]],
        ["block2-conv1", [0, 7]],
      ]),
    ).snapshot;
    const first = removeChannels(
      snapshot,
      new Map([
        ["block2-conv1", [7]],
        ["conv1", [1]],
      ]),
    ).snapshot;
    // Unit 5 of conv1 is number 4 once unit 1 is gone.
    const second = removeChannels(
      first,
      new Map([
        ["conv1", [4]],
        ["block2-conv1", [0]],
      ]),
    ).snapshot;
    expect(second).toEqual(both);
  });

  it("keeps two channels of a convolution and one of a dense layer: the last in the list stay", () => {
    const b = networkBuilder("all", [4, 4, 1]);
    const x = b.activation(b.conv2d(b.input, { filters: 4, kernelSize: 3 }));
    const network = b.build(b.dense(b.activation(b.dense(b.flatten(x), { units: 3 })), { units: 2 }, "logits"));
    const removals = new Map([
      ["conv1", [3, 1, 0, 2]],
      ["dense1", [1, 2, 0]],
    ]);
    const { snapshot, kept } = removeChannels(livelySnapshot(network), removals);
    expect(kept.get("conv1/bias")).toEqual([{ axis: 0, indices: Uint32Array.of(0, 2) }]);
    expect(kept.get("dense1/bias")).toEqual([{ axis: 0, indices: Uint32Array.of(0) }]);
    expectMaskedIsShrunk(livelySnapshot(network), removals);
    expect(removeChannels(snapshot, new Map([["conv1", [0, 1]]])).snapshot).toBe(snapshot);
  });

  it("keeps two channels of each part of a concat-coupled group", () => {
    const b = networkBuilder("parts", [4, 4, 1]);
    const conv = (filters: number) => b.conv2d(b.input, { filters, kernelSize: 3 });
    const x = b.add([b.concat([conv(3), conv(5)]), conv(8)]);
    const network = b.build(b.dense(b.globalAvgPool(x), { units: 2 }, "logits"));
    const { snapshot } = removeChannels(livelySnapshot(network), new Map([["conv1", range(8)]]));
    expect(["conv1", "conv2", "conv3"].map((id) => shapeIn(snapshot, `${id}/bias`))).toEqual([[2], [2], [4]]);
  });

  it("keeps multiples of k, or everything", () => {
    const snapshot = livelySnapshot(builders["cnn-s"]([8, 8, 1]));
    const filters = (count: number, roundTo: number) =>
      shapeIn(removeChannels(snapshot, new Map([["conv1", range(count)]]), { roundTo }).snapshot, "conv1/kernel")!.at(
        -1,
      );
    // 16 filters: 16 - 7 = 9 -> 12; 16 - 8 = 8; 16 - 1 = 15 -> 16; at least one multiple stays
    expect([filters(7, 4), filters(8, 4), filters(1, 4), filters(16, 4)]).toEqual([12, 8, 16, 4]);
    expect(filters(7, 5)).toBe(10);
    expect(filters(3, 32)).toBe(16);
    expectMaskedIsShrunk(snapshot, new Map([["conv1", range(7)]]), undefined, { roundTo: 4 });
  });

  it("cuts masks, per-channel scales and clips; leaves activation quantizers and per-tensor scales", () => {
    const plain = livelySnapshot(builders["cnn-s"]([8, 8, 1]));
    const clips = Float32Array.from(range(32), (c) => 1 - c / 64);
    const quantizer = refreshScales(plain.values.get("conv2/kernel")!, {
      ...({ kind: "uniform", bits: 4, granularity: "channel" } as const),
      ...{ clips, scales: new Float32Array() },
    });
    const tensor: UniformQuantizer = {
      ...quantizer,
      granularity: "tensor",
      clips: Float32Array.of(1),
      scales: Float32Array.of(0.05),
    };
    const codebook = { kind: "codebook", values: Float32Array.of(-0.2, 0, 0.1, 0.4) } as const;
    const mask = Uint8Array.from(plain.values.get("conv2/kernel")!, (_, i) => (i % 3 === 0 ? 0 : 1));
    const snapshot: Snapshot = {
      ...plain,
      states: new Map<string, ParameterState>([
        ["conv1/kernel", { quantizer: tensor }],
        ["conv2/kernel", { mask, quantizer }],
        ["conv3/kernel", { quantizer: codebook }],
      ]),
      activations: new Map([["conv1-relu", { kind: "affine" as const, bits: 8, scale: 0.02, zeroPoint: 0 }]]),
    };
    const shrunk = expectMaskedIsShrunk(
      snapshot,
      new Map([
        ["conv1", [0, 4]],
        ["conv2", range(30, 1)],
      ]),
    );
    const kept = shrunk.states.get("conv2/kernel")!;
    expect((kept.quantizer as UniformQuantizer).clips).toEqual(Float32Array.of(1, 1 - 31 / 64));
    expect((kept.quantizer as UniformQuantizer).scales).toEqual(
      Float32Array.of(quantizer.scales[0]!, quantizer.scales[31]!),
    );
    expect(kept.mask).toHaveLength(9 * 14 * 2);
    expect(shrunk.states.get("conv1/kernel")).toEqual({ quantizer: tensor });
    expect(shrunk.activations).toEqual(snapshot.activations);
  });

  it("moves constants through an activation quantizer: sigmoid's 0.5 in steps of 0.3 is 0.6", () => {
    const b = networkBuilder("quantized", [3]);
    const x = b.activation(b.dense(b.input, { units: 4 }), "sigmoid");
    const network = b.build(b.dense(x, { units: 2, useBias: false }, "logits"));
    const plain = livelySnapshot(network);
    const snapshot = {
      ...plain,
      activations: new Map([["dense1-sigmoid", { kind: "affine" as const, bits: 4, scale: 0.3, zeroPoint: 0 }]]),
    };
    const shrunk = expectMaskedIsShrunk(snapshot, new Map([["dense1", [1]]]));
    const kernel = snapshot.values.get("logits/kernel")!;
    const bias = shrunk.values.get("logits/bias")!;
    expect(bias[0]).toBeCloseTo(0.6 * kernel[2]!, 6);
    expect(bias[1]).toBeCloseTo(0.6 * kernel[3]!, 6);
  });

  it("adds a bias where there was none, and revives a masked one that takes a constant", () => {
    const b = networkBuilder("bias", [5, 5, 2]);
    const x = b.activation(b.conv2d(b.input, { filters: 4, kernelSize: 3 }), "softplus");
    const y = b.conv2d(x, { filters: 3, kernelSize: 3, padding: "valid", useBias: false });
    const network = b.build(b.dense(b.flatten(y), { units: 2 }, "logits"));
    const { snapshot, kept } = removeChannels(livelySnapshot(network), new Map([["conv1", [0]]]));
    expect(shapeIn(snapshot, "conv2/bias")).toEqual([3]);
    expect(kept.has("conv2/bias")).toBe(false);

    const c = networkBuilder("masked-bias", [3]);
    const hidden = c.activation(c.dense(c.input, { units: 4 }), "sigmoid");
    const plain = livelySnapshot(c.build(c.dense(hidden, { units: 2 }, "logits")));
    const masked = { ...plain, states: new Map([["logits/bias", { mask: Uint8Array.of(0, 1) }]]) };
    expectMaskedIsShrunk(masked, new Map([["dense1", [3]]]));
  });

  it("behaves on masked channels as on others: pruning again removes them", () => {
    const network = builders["mobile-t"]([8, 8, 1]);
    const removals = randomRemovals(network, 0.5);
    const snapshot = maskChannels(livelySnapshot(network), randomRemovals(network, 0.3, 2));
    const shrunk = expectMaskedIsShrunk(snapshot, removals);
    const x = randomInput(network);
    expectSameLogits(logitsOf(shrunk, x), logitsOf(maskChannels(snapshot, removals), x));
  });
});

describe("what may not be removed", () => {
  it("refuses pinned layers with the reason, before anything is changed", () => {
    const b = networkBuilder("refused", [4, 4, 2]);
    const gate = b.activation(b.conv2d(b.input, { filters: 4, kernelSize: 3 }, "gate"), "sigmoid");
    const network = b.build(
      b.dense(b.globalAvgPool(b.conv2d(gate, { filters: 3, kernelSize: 3 })), { units: 2 }, "logits"),
    );
    const error = thrown(() => removeChannels(livelySnapshot(network), new Map([["gate", [0]]]))) as EngineError;
    expect(error).toBeInstanceOf(EngineError);
    expect(error.code).toBe("not-prunable");
    expect(error.message).toBe(
      "expected a layer whose channels can go, got 'gate': a removed channel would leave a constant that padding or a " +
        "nonlinearity keeps out of the bias of 'conv1'",
    );
    expect(error.details).toEqual({ layer: "gate", why: "constant", node: "conv1" });
    const logits = thrown(() => maskChannels(livelySnapshot(network), new Map([["logits", [0]]]))) as EngineError;
    expect(logits.message).toContain("they are the network's logits");
  });

  it("refuses unknown groups, units out of range and a bad roundTo", () => {
    const snapshot = livelySnapshot(builders["cnn-s"]([8, 8, 1]));
    const message = (id: string, unit: number, roundTo?: number) =>
      (thrown(() => removeChannels(snapshot, new Map([[id, [unit]]]), { roundTo })) as EngineError).message;
    expect(message("conv9", 0)).toBe("expected a channel group ('conv1', 'conv2', 'conv3'), got 'conv9'");
    expect(message("conv1", 16)).toBe("expected units of 'conv1' from 0 to 15, got 16");
    expect(message("conv1", 0.5)).toBe("expected units of 'conv1' from 0 to 15, got 0.5");
    expect(message("conv1", 0, 0)).toBe("roundTo must be a positive integer, got 0");
  });

  it("refuses to move a constant into a quantized bias", () => {
    const b = networkBuilder("quantized-bias", [3]);
    const x = b.activation(b.dense(b.input, { units: 4 }), "sigmoid");
    const plain = livelySnapshot(b.build(b.dense(x, { units: 2 }, "logits")));
    const quantizer = { kind: "codebook", values: Float32Array.of(-0.1, 0.1) } as const;
    const snapshot = { ...plain, states: new Map([["logits/bias", { quantizer }]]) };
    expect((thrown(() => removeChannels(snapshot, new Map([["dense1", [0]]]))) as EngineError).code).toBe(
      "not-prunable",
    );
  });
});
