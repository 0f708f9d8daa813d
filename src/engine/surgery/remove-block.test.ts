import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { parametersOf } from "../core/network";
import type { Snapshot } from "../core/snapshot";
import { networkBuilder } from "../zoo/builder";
import { builders } from "../zoo/builders";
import { expectConsistent, livelySnapshot, logitsOf, randomInput } from "./check.testing";
import { removeBlock, residualBlocks } from "./remove-block";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const withZeros = (snapshot: Snapshot, ...names: string[]): Snapshot => ({
  ...snapshot,
  values: new Map(
    [...snapshot.values].map(([name, v]) => [name, names.includes(name) ? new Float32Array(v.length) : v]),
  ),
});

describe("residual blocks", () => {
  it("of resnet8: the first alone, the others project their skip", () => {
    expect(residualBlocks(builders.resnet8())).toEqual([
      {
        id: "block1-add",
        skip: "conv1-relu",
        branch: "block1-conv2-bn",
        nodes: ["block1-conv1", "block1-conv1-bn", "block1-conv1-relu", "block1-conv2", "block1-conv2-bn"],
      },
    ]);
  });

  it("there are none in a chain, where the input itself is the branch, or where another layer reads the inside", () => {
    expect(residualBlocks(builders["cnn-s"]())).toEqual([]);
    const b = networkBuilder("read", [4, 4, 2]);
    const inner = b.conv2d(b.input, { filters: 2, kernelSize: 1 }, "inner");
    const sum = b.add([b.input, b.conv2d(inner, { filters: 2, kernelSize: 1 })], "sum");
    const twice = b.add([sum, sum], "twice");
    const network = b.build(b.dense(b.flatten(b.concat([twice, inner])), { units: 2 }));
    expect(residualBlocks(network)).toEqual([]);
  });

  it("a block inside a block is one of two", () => {
    const b = networkBuilder("nested", [4, 4, 2]);
    const conv = (from: string, id: string) => b.conv2d(from, { filters: 2, kernelSize: 1 }, id);
    const x = conv(b.input, "stem");
    const first = conv(x, "first");
    const small = b.add([conv(first, "small"), first], "small-add");
    const network = b.build(b.dense(b.flatten(b.add([x, small], "large-add")), { units: 2 }));
    expect(residualBlocks(network).map(({ id, nodes }) => [id, nodes])).toEqual([
      ["small-add", ["small"]],
      ["large-add", ["first", "small", "small-add"]],
    ]);
    const without = removeBlock(livelySnapshot(network), "large-add").network;
    expect(without.nodes.map(({ id }) => id)).toEqual(["input", "stem", "flatten", "dense1"]);
  });
});

describe("removeBlock", () => {
  const network = builders.resnet8([8, 8, 1]);

  it("last scale and shift 0: the logits stay to the bit", () => {
    const snapshot = withZeros(livelySnapshot(network), "block1-conv2-bn/gamma", "block1-conv2-bn/beta");
    const x = randomInput(network, 3, 4);
    const smaller = removeBlock(snapshot, "block1-add");
    expect(logitsOf(smaller, x)).toEqual(logitsOf(snapshot, x));
    expectConsistent(smaller);
    // Two 3x3 convolutions of 16 to 16 channels, and twice four vectors of 16.
    const count = (s: Snapshot) =>
      parametersOf(s.network).reduce((sum, { name }) => sum + s.values.get(name)!.length, 0);
    expect(count(snapshot) - count(smaller)).toBe(2 * 9 * 16 * 16 + 2 * 4 * 16);
  });

  it("otherwise they change, and what belonged to the block is gone: masks, quantizers of outputs", () => {
    const lively = livelySnapshot(network);
    const snapshot: Snapshot = {
      ...lively,
      states: new Map([
        ["block1-conv1/kernel", { mask: new Uint8Array(9 * 256).fill(1) }],
        ["conv1/kernel", { mask: new Uint8Array(9 * 16).fill(1) }],
      ]),
      activations: new Map([
        ["block1-add", { kind: "affine" as const, bits: 8, scale: 0.1, zeroPoint: 100 }],
        ["conv1-relu", { kind: "affine" as const, bits: 8, scale: 0.1, zeroPoint: 0 }],
      ]),
    };
    const smaller = removeBlock(snapshot, "block1-add");
    expect([[...smaller.states.keys()], [...smaller.activations.keys()]]).toEqual([["conv1/kernel"], ["conv1-relu"]]);
    const x = randomInput(network);
    expect(logitsOf(smaller, x)).not.toEqual(logitsOf(snapshot, x));
  });

  it("says which blocks there are", () => {
    expect(() => removeBlock(livelySnapshot(network), "block2-add")).toThrow(
      "expected the addition of a residual block whose skip is an identity ('block1-add'), got 'block2-add'",
    );
  });
});
