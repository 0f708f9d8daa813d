import { describe, expect, it } from "vitest";
import { type Network, parametersOf, sizeOfShape } from "../core/network";
import { type ParameterState, plainSnapshot, type Snapshot } from "../core/snapshot";
import { channelGroups } from "../surgery/channel-groups";
import { maskChannels } from "../surgery/mask-channels";
import { removeChannels } from "../surgery/remove-channels";
import { networkBuilder } from "../zoo/builder";
import { builders } from "../zoo/builders";
import { initializeValues } from "../zoo/initialize";
import {
  averageBits,
  bopsOf,
  macsByNode,
  macsOf,
  nonZeroCount,
  originalBytes,
  outputBits,
  outputQuantizer,
  parameterCount,
  sparsityOf,
} from "./accounting";

const fresh = (network: Network): Snapshot => plainSnapshot(network, initializeValues(network, 1));
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Every kernel at `wBits`, and the values that feed every layer at `aBits`. */
function quantized(network: Network, wBits: number, aBits: number): Snapshot {
  const states = new Map<string, ParameterState>();
  for (const { name, role } of parametersOf(network)) {
    if (role !== "kernel" || wBits === 32) continue;
    const one = { clips: Float32Array.of(1), scales: Float32Array.of(0.1), granularity: "tensor" } as const;
    if (wBits === 1) states.set(name, { quantizer: { kind: "codebook", values: Float32Array.of(-1, 1) } });
    else states.set(name, { quantizer: { kind: "uniform", bits: wBits, ...one } });
  }
  const quantizer = { kind: "affine" as const, bits: aBits, scale: 0.1, zeroPoint: 0 };
  const measured = network.nodes.filter((n) => ["input", "activation", "global-avg-pool"].includes(n.op));
  return {
    ...fresh(network),
    states,
    activations: new Map(aBits === 32 ? [] : measured.map((n) => [n.id, quantizer])),
  };
}

describe("parameterCount", () => {
  it("counts batch normalization folded: the published figures", () => {
    expect(parameterCount(builders["cnn-m"]())).toBe(140_138);
    expect(parameterCount(builders["cnn-m/4"]())).toBe(9_122);
    expect(parameterCount(builders.resnet8())).toBe(77_418);
    expect(parameterCount(builders["mobile-t"]())).toBe(18_346);
  });

  it("cnn-m over cnn-m/4 is 140,138 / 9,122 = 15.3626", () => {
    expect(originalBytes(builders["cnn-m"]()) / originalBytes(builders["cnn-m/4"]())).toBeCloseTo(15.3626, 4);
    expect(originalBytes(builders["cnn-m"]())).toBe(560_552);
  });

  it("counts the four vectors of a normalization that stays", () => {
    const b = networkBuilder("stays", [4]);
    const x = b.batchNorm(b.activation(b.dense(b.input, { units: 3 })));
    // 4 * 3 + 3, 4 * 3, 3 * 2 + 2
    expect(parameterCount(b.build(b.dense(x, { units: 2 })))).toBe(15 + 12 + 8);
  });
});

describe("macs", () => {
  it("cnn-m: 225,792 + 7,225,344 + 3,612,672 + 7,225,344 + 3,612,672 + 1,280 = 21,903,104", () => {
    const macs = macsByNode(builders["cnn-m"]());
    expect([...macs.values()]).toEqual([225_792, 7_225_344, 3_612_672, 7_225_344, 3_612_672, 1_280]);
    expect(macsOf(builders["cnn-m"]())).toBe(21_903_104);
  });

  it("cnn-s: 1,467,968", () => {
    expect(macsOf(builders["cnn-s"]())).toBe(1_467_968);
  });

  it("fall to those of cnn-m/2 when half of every group goes", () => {
    const network = builders["cnn-m"]();
    const removals = new Map(channelGroups(network).map(({ id, units }) => [id, range(units / 2)]));
    const { snapshot } = removeChannels(fresh(network), removals);
    expect(macsOf(snapshot.network)).toBe(macsOf(builders["cnn-m/2"]()));
  });
});

describe("bopsOf", () => {
  it.each([
    [8, 8, 1_401_798_656],
    [4, 8, 700_899_328],
    [1, 32, 700_899_328],
    [32, 32, 22_428_778_496],
  ])("cnn-m W%iA%i: %i", (wBits, aBits, bops) => {
    expect(bopsOf(quantized(builders["cnn-m"](), wBits, aBits))).toBe(bops);
  });

  it("counts 32 bits behind an operation that leaves the grid: a global average without a quantizer of its own", () => {
    const snapshot = quantized(builders["cnn-m"](), 8, 8);
    const activations = new Map(snapshot.activations);
    activations.delete("gap");
    // the classifier's 1280 MACs at 8 x 32 instead of 8 x 8
    expect(bopsOf({ ...snapshot, activations })).toBe(1_401_798_656 + 1280 * 8 * 24);
  });
});

describe("outputQuantizer", () => {
  const b = networkBuilder("walk", [6, 6, 2]);
  const left = b.activation(b.conv2d(b.input, { filters: 3, kernelSize: 3 }, "left"));
  const right = b.activation(b.conv2d(b.input, { filters: 3, kernelSize: 3 }, "right"));
  const both = b.concat([b.maxPool(left), b.maxPool(right)], "both");
  const sum = b.add([left, right], "sum");
  const flat = b.flatten(b.dropout(b.zeroPad(both), 0.5));
  const network = b.build(b.dense(b.concat([flat, b.globalMaxPool(sum)]), { units: 2 }, "logits"));
  const four = { kind: "affine" as const, bits: 4, scale: 0.1, zeroPoint: 0 };
  const eight = { kind: "affine" as const, bits: 8, scale: 0.01, zeroPoint: 3 };
  const snapshot = {
    ...fresh(network),
    activations: new Map([
      [left, four],
      [right, eight],
    ]),
  };

  it("looks through what only moves values", () => {
    expect(outputQuantizer(snapshot, left)).toBe(four);
    expect(outputQuantizer(snapshot, "pool1")).toBe(four);
    expect(outputQuantizer(snapshot, "both")).toBeUndefined();
    expect(outputQuantizer(snapshot, "sum")).toBeUndefined();
    expect(outputQuantizer(snapshot, "left")).toBeUndefined();
  });

  it("gives a concat the widest bits of its inputs, and floats 32", () => {
    expect(outputBits(snapshot, "both")).toBe(8);
    expect(outputBits(snapshot, flat)).toBe(8);
    expect(outputBits(snapshot, "gmp")).toBe(32);
    expect(outputBits(snapshot, "input")).toBe(32);
  });
});

describe("zeros", () => {
  const network = builders["mlp-300-100"]();
  // Fresh kernels hold no zero; all 410 biases are 0.
  const snapshot = fresh(network);

  it("counts what is not zero", () => {
    expect(nonZeroCount(snapshot)).toBe(266_610 - 410);
  });

  it("tells targeted kernels from all kernels and all parameters", () => {
    const mask = Uint8Array.from({ length: 30_000 }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const sparsity = sparsityOf({ ...snapshot, states: new Map([["dense2/kernel", { mask }]]) });
    expect(sparsity.targeted).toBe(0.75);
    expect(sparsity.kernels).toBeCloseTo(22_500 / 266_200, 12);
    expect(sparsity.all).toBeCloseTo((22_500 + 410) / 266_610, 12);
    expect(sparsityOf(snapshot).targeted).toBe(0);
  });

  it("counts a masked channel's folded bias as zero: masked cnn-s leaves no more than the shrunk one", () => {
    const cnn = fresh(builders["cnn-s"]());
    const values = new Map(cnn.values);
    for (const { name, role } of parametersOf(cnn.network))
      if (role === "beta")
        values.set(
          name,
          values.get(name)!.map(() => 0.5),
        );
    const lively = { ...cnn, values };
    const removals = new Map([["conv2", range(8)]]);
    const masked = maskChannels(lively, removals);
    // 8 of 32 filters: 8 * 16 * 9 weights and 8 biases; the reader's weights stay, and so do the zero biases of logits.
    expect(nonZeroCount(masked)).toBe(14_378 - 10 - 8 * 16 * 9 - 8);
    expect(parameterCount(removeChannels(lively, removals).snapshot.network)).toBe(
      14_378 - 8 * 16 * 9 - 8 - 8 * 9 * 32,
    );
  });
});

describe("averageBits", () => {
  it("counts codes and scales: 4-bit kernels with one scale each", () => {
    const network = builders["mlp-300-100"]();
    // Kernels 235,200 + 30,000 + 1,000; three scales of 32 bits.
    expect(averageBits(quantized(network, 4, 32))).toBeCloseTo(4 + (3 * 32) / 266_200, 12);
    expect(averageBits(quantized(network, 1, 32))).toBeCloseTo(1 + (6 * 32) / 266_200, 12);
    expect(averageBits(fresh(network))).toBe(32);
  });

  it("is of the original's weights when the network shrank", () => {
    const original = builders["mlp-300-100"]();
    const { snapshot } = removeChannels(fresh(original), new Map([["dense1", range(150)]]));
    const kernels = parametersOf(snapshot.network).filter((p) => p.role === "kernel");
    const left = kernels.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0);
    expect(averageBits(snapshot, original)).toBe((32 * left) / 266_200);
  });
});
