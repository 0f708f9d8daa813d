import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startWasm } from "../backend/node-wasm.testing";
import { registerWasmTrainingKernels } from "../backend/wasm-kernels";
import { type Network, type Node, parametersOf, sizeOfShape } from "../core/network";
import { plainSnapshot, type Snapshot, valuesOf } from "../core/snapshot";
import { livelySnapshot, randomInput } from "../surgery/check.testing";
import { foldBatchNorm } from "../surgery/fold-batch-norm";
import { networkBuilder } from "../zoo/builder";
import { relevances, type RelevanceRule } from "./relevance";

beforeAll(async () => {
  await startWasm();
  registerWasmTrainingKernels();
});

const exact: RelevanceRule = { rule: "epsilon", epsilon: 1e-6 };

interface Handed {
  readonly logits: Float32Array;
  readonly of: ReadonlyMap<string, Float32Array>;
}

/** Relevances of nodes when all logits are handed back. */
function handBack(snapshot: Snapshot, x: Float32Array, nodeIds: readonly string[], rule = exact): Handed {
  const { network } = snapshot;
  const input = network.nodes[0] as Extract<Node, { op: "input" }>;
  const shapes = new Map(parametersOf(network).map(({ name, shape }) => [name, shape]));
  const parameter = (name: string) => tf.tensor(valuesOf(snapshot, name), [...shapes.get(name)!]);
  let logits: Float32Array = new Float32Array(0);
  const of = new Map<string, Float32Array>();
  tf.tidy(() => {
    const images = tf.tensor(x, [x.length / sizeOfShape(input.attrs.shape), ...input.attrs.shape]);
    const start = (made: tf.Tensor) => {
      logits = made.dataSync<"float32">();
      return made;
    };
    const found = relevances(network, parameter, images, { ...rule, nodeIds, start });
    for (const [id, relevance] of found) of.set(id, relevance.dataSync<"float32">());
  });
  return { logits, of };
}

const sum = (values: Float32Array) => values.reduce((total, v) => total + v, 0);

/** Two inputs, two hidden units with relu, one logit; no biases. */
function handMade(first: readonly number[]): Snapshot {
  const b = networkBuilder("hand-made", [2]);
  const hidden = b.activation(b.dense(b.input, { units: 2, useBias: false }, "hidden"));
  const network = b.build(b.dense(hidden, { units: 1, useBias: false }, "logit"));
  return plainSnapshot(
    network,
    new Map([
      ["hidden/kernel", Float32Array.from(first)],
      ["logit/kernel", Float32Array.of(1, 2)],
    ]),
  );
}

describe("the rules on a = (1, 2), W1 = [[1, -1], [.5, 1]], W2 = [1, 2]", () => {
  const network = () => handMade([1, -1, 0.5, 1]);

  it("epsilon: h = (2, 1), logit 4, R_h = (2, 2), R_0 = (-1, 5), whose sum is 4", () => {
    const { logits, of } = handBack(network(), Float32Array.of(1, 2), ["input", "hidden"]);
    expect([...logits]).toEqual([4]);
    // R_h = h W2 / 4 * 4; R_0 = (1 * 1/2 * 2 + 1 * -1/1 * 2, 2 * .5/2 * 2 + 2 * 1/1 * 2).
    [2, 2].forEach((r, i) => expect(of.get("hidden")![i]).toBeCloseTo(r, 4));
    [-1, 5].forEach((r, i) => expect(of.get("input")![i]).toBeCloseTo(r, 4));
  });

  it("a large epsilon keeps some: 4 / (4 + .25) of it is left behind the logit", () => {
    const { of } = handBack(network(), Float32Array.of(1, 2), ["hidden"], { rule: "epsilon", epsilon: 0.25 });
    // h W2 / (4 + .25) * 4
    for (const r of of.get("hidden")!) expect(r).toBeCloseTo((2 / 4.25) * 4, 5);
  });

  it("z+: only what spoke for a unit shares, R_0 = (1, 3)", () => {
    // Unit 0 has 1 * 1 and 2 * .5, half each of its 2; unit 1 has 2 * 1 only, all of its 2.
    const { of } = handBack(network(), Float32Array.of(1, 2), ["input"], { rule: "z-plus", epsilon: 1e-6 });
    [1, 3].forEach((r, i) => expect(of.get("input")![i]).toBeCloseTo(r, 5));
  });

  it("z+: two negative factors speak for a unit too", () => {
    // a = (-1, 2): unit 0 of W1 = [[-1, 0], [.5, 1]] is 1 + 1, unit 1 is 2; logit 2 + 4. R_0 = (1, 1 + 4).
    const { of } = handBack(handMade([-1, 0, 0.5, 1]), Float32Array.of(-1, 2), ["input"], {
      rule: "z-plus",
      epsilon: 1e-6,
    });
    [1, 5].forEach((r, i) => expect(of.get("input")![i]).toBeCloseTo(r, 5));
  });
});

/** The network with no bias and no shift. */
function withoutBiases(network: Network): Snapshot {
  const snapshot = livelySnapshot(network);
  const values = new Map(snapshot.values);
  for (const { name, role } of parametersOf(network)) {
    if (role === "bias" || role === "beta" || role === "movingMean") values.set(name, valuesOf(snapshot, name).fill(0));
  }
  return foldBatchNorm({ ...snapshot, values });
}

/** Every operation of an image network, with what it branches into. */
function everything(): Network {
  const b = networkBuilder("everything", [8, 8, 2]);
  const conv = (from: string, id: string, filters: number, strides = 1) =>
    b.activation(b.batchNorm(b.conv2d(from, { filters, kernelSize: 3, strides }, id)));
  const stem = conv(b.zeroPad(b.input), "stem", 4, 2);
  const deep = b.batchNorm(b.depthwiseConv2d(stem, { kernelSize: 3 }, "deep"));
  const sum = b.activation(b.add([deep, stem], "sum"));
  const gate = b.activation(b.dense(b.globalAvgPool(sum), { units: 4 }, "gate"), "sigmoid");
  const gated = b.multiply([sum, gate], "gated");
  const wide = b.activation(b.conv2d(gated, { filters: 3, kernelSize: 2, dilation: 2 }, "wide"));
  const again = b.maxPool(b.upsample(b.maxPool(gated)));
  const joined = b.concat([again, b.avgPool(conv(gated, "side", 3)), b.maxPool(wide)], "joined");
  const ends = b.concat([b.globalMaxPool(joined), b.flatten(joined)], "ends");
  return b.build(b.dense(b.dropout(ends, 0.3), { units: 3 }, "logits"));
}

describe("conservation", () => {
  it("without biases the relevances of every cut through the network sum up to the logits", () => {
    const snapshot = withoutBiases(everything());
    const cuts = [["ends"], ["joined"], ["gated"], ["sum"], ["stem"], ["input"]];
    const { logits, of } = handBack(snapshot, randomInput(snapshot.network), cuts.flat());
    const scale = Math.max(...of.get("stem")!.map(Math.abs), Math.abs(sum(logits)));
    for (const [id] of cuts) expect(Math.abs(sum(of.get(id!)!) - sum(logits))).toBeLessThan(1e-3 * scale);
    // Both branches of the addition together are what it got.
    expect(of.get("gated")!.some((r) => r !== 0)).toBe(true);
  });

  it("of the z+ rule holds with biases too, as they take no part, where every sum has a positive part", () => {
    const b = networkBuilder("positive", [6, 6, 1]);
    const conv = b.activation(b.conv2d(b.input, { filters: 4, kernelSize: 3, padding: "valid" }, "conv"));
    const network = b.build(b.dense(b.flatten(b.avgPool(conv)), { units: 2 }, "logits"));
    const snapshot = livelySnapshot(network);
    const { logits, of } = handBack(snapshot, randomInput(network).map(Math.abs), ["conv", "flatten", "input"], {
      rule: "z-plus",
      epsilon: 1e-6,
    });
    for (const values of of.values()) expect(sum(values)).toBeCloseTo(sum(logits), 3);
  });
});

it("a node that leads nowhere has none, and every tensor is given back", () => {
  const b = networkBuilder("dead end", [2]);
  b.dense(b.input, { units: 3 }, "unread");
  const network = b.build(b.dense(b.input, { units: 2 }, "logits"));
  const snapshot = livelySnapshot(network);
  const before = tf.memory().numTensors;
  const { of } = handBack(snapshot, Float32Array.of(1, 2), ["unread"]);
  expect([...of.get("unread")!]).toEqual([0, 0, 0]);
  expect(tf.memory().numTensors).toBe(before);
});
