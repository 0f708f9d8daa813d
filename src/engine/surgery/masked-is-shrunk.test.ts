/** The invariant of channel removal, network by network: masked and shrunk compute the same. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { ActivationKind, Network } from "../core/network";
import { shapesOf } from "../ops/registry";
import { networkBuilder } from "../zoo/builder";
import { buildIds } from "../zoo/build-ids";
import { builders } from "../zoo/builders";
import { channelGroups } from "./channel-groups";
import { expectMaskedIsShrunk, livelySnapshot, randomRemovals, realImages } from "./check.testing";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Removes half of every group, and checks that something of each group went. */
function check(network: Network, share = 0.5): void {
  const removals = randomRemovals(network, share);
  for (const [id, units] of removals) if (units.length === 0) removals.set(id, [0]);
  expect(removals.size).toBeGreaterThan(0);
  const before = shapesOf(network);
  const after = shapesOf(expectMaskedIsShrunk(livelySnapshot(network), removals).network);
  for (const { producers } of channelGroups(network)) {
    const channels = (shapes: typeof before) => producers.reduce((sum, id) => sum + shapes.get(id)!.at(-1)!, 0);
    expect(channels(after)).toBeLessThan(channels(before));
  }
}

const conv3 = (filters: number, useBias = true) => ({ filters, kernelSize: 3, useBias });

describe("masked == shrunk for the zoo, on MNIST images", () => {
  it.each(buildIds)("%s", (id) => {
    const network = builders[id]();
    const shrunk = expectMaskedIsShrunk(livelySnapshot(network), randomRemovals(network, 0.5), realImages(2));
    expect(shrunk.network.nodes.length).toBe(network.nodes.length);
  });
});

describe("masked == shrunk for hand-made networks", () => {
  const image = [8, 8, 2];

  it("residual with projection", () => {
    const b = networkBuilder("projection", image);
    const x = b.activation(b.batchNorm(b.conv2d(b.input, conv3(4))));
    const y = b.conv2d(b.activation(b.conv2d(x, { ...conv3(6), strides: 2 })), conv3(6));
    const z = b.activation(b.add([y, b.batchNorm(b.conv2d(x, { filters: 6, kernelSize: 1, strides: 2 }))]));
    check(b.build(b.dense(b.globalAvgPool(z), { units: 3 })));
  });

  it("residual identity chain", () => {
    const b = networkBuilder("chain", image);
    let x = b.activation(b.conv2d(b.input, conv3(5)));
    for (let i = 0; i < 3; i++) {
      const inner = b.activation(b.batchNorm(b.conv2d(x, conv3(4, false))));
      x = b.activation(b.add([x, b.batchNorm(b.conv2d(inner, conv3(5, false)))]));
    }
    const network = b.build(b.dense(b.globalAvgPool(x), { units: 3 }));
    // conv1 and the last convolution of each block share their channels; the inner ones have their own.
    expect(channelGroups(network).map((g) => g.producers)).toEqual([
      ["conv1", "conv3", "conv5", "conv7"],
      ["conv2"],
      ["conv4"],
      ["conv6"],
    ]);
    check(network);
  });

  it("concat with offsets, then add", () => {
    const b = networkBuilder("concat-add", image);
    const wide = b.conv2d(b.input, conv3(9));
    const both = b.concat([b.activation(b.conv2d(b.input, conv3(4))), b.conv2d(b.input, conv3(5))]);
    const x = b.activation(b.add([wide, both]));
    check(b.build(b.dense(b.flatten(b.conv2d(x, conv3(3))), { units: 3 })));
  });

  it("concat of two branches into flatten", () => {
    const b = networkBuilder("concat-flatten", image);
    const left = b.maxPool(b.activation(b.conv2d(b.input, conv3(4))));
    const right = b.avgPool(b.activation(b.conv2d(b.input, conv3(3)), "tanh"));
    const x = b.dense(b.flatten(b.concat([left, right])), { units: 6 });
    check(b.build(b.dense(b.activation(x), { units: 3 })));
  });

  it.each([1, 2])("depthwise chain with multiplier %i", (multiplier) => {
    const b = networkBuilder("depthwise", image);
    let x = b.activation(b.conv2d(b.input, conv3(4)));
    for (let i = 0; i < 2; i++) {
      x = b.activation(b.batchNorm(b.depthwiseConv2d(x, { kernelSize: 3, multiplier, useBias: i === 0 })));
    }
    const narrow = b.conv2d(x, { filters: 4, kernelSize: 1 });
    check(b.build(b.dense(b.flatten(narrow), { units: 3 })));
  });

  it("depthwise with multiplier 2, added to a convolution: one unit is two of its channels", () => {
    const b = networkBuilder("depthwise-add", image);
    const narrow = b.activation(b.conv2d(b.input, conv3(4)));
    const x = b.add([b.depthwiseConv2d(narrow, { kernelSize: 3, multiplier: 2 }), b.conv2d(b.input, conv3(8))]);
    const network = b.build(b.dense(b.globalAvgPool(x), { units: 3 }));
    expect(channelGroups(network)).toMatchObject([{ producers: ["conv1", "conv2"], units: 4 }]);
    check(network);
  });

  it("flatten with batch normalization after it", () => {
    const b = networkBuilder("flatten-bn", image);
    const x = b.batchNorm(b.flatten(b.activation(b.conv2d(b.input, conv3(4)))));
    check(b.build(b.dense(x, { units: 3 })));
  });

  it("batch normalization before and after the activation", () => {
    const b = networkBuilder("bn-both", image);
    const x = b.activation(b.batchNorm(b.conv2d(b.input, conv3(6, false))), "sigmoid");
    const y = b.batchNorm(x, {}, "second-bn");
    check(b.build(b.dense(b.flatten(b.conv2d(y, conv3(3))), { units: 3 })));
  });

  const kinds: readonly ActivationKind[] = [
    ...(["sigmoid", "tanh", "leaky-relu", "elu", "softplus", "selu", "swish", "gelu"] as const),
    ...(["relu6", "hard-sigmoid", "hard-swish"] as const),
  ];
  it.each(kinds)("%s between valid convolutions and dense layers", (kind) => {
    const b = networkBuilder(kind, image);
    const x = b.activation(b.conv2d(b.input, conv3(6)), kind);
    const y = b.activation(b.conv2d(x, { ...conv3(5, false), padding: "valid" }), kind);
    const z = b.activation(b.dense(b.flatten(b.maxPool(y)), { units: 7, useBias: false }), kind);
    check(b.build(b.dense(z, { units: 3, useBias: false })));
  });

  it("constants of two branches, summed", () => {
    const b = networkBuilder("sum", image);
    const left = b.activation(b.conv2d(b.input, conv3(6)), "sigmoid");
    const right = b.activation(b.conv2d(b.input, conv3(6)), "softplus");
    const x = b.activation(b.add([left, right]));
    check(b.build(b.dense(b.globalMaxPool(x), { units: 3 })));
  });

  it("average, maximum and global pools behind a sigmoid, padded ones too", () => {
    for (const pool of ["avgPool", "maxPool"] as const) {
      const b = networkBuilder(pool, [7, 7, 2]);
      const x = b[pool](b.activation(b.conv2d(b.input, conv3(6)), "sigmoid"), { padding: "same", poolSize: 2 });
      check(b.build(b.dense(b.globalAvgPool(b.dropout(x, 0.5)), { units: 3 })));
    }
  });

  it("squeeze-and-excitation: a channel goes with what makes its gate", () => {
    const b = networkBuilder("gated", image);
    const x = b.activation(b.batchNorm(b.conv2d(b.input, conv3(6, false))));
    const squeezed = b.activation(b.dense(b.globalAvgPool(x), { units: 3 }, "squeeze"));
    const gates = b.activation(b.dense(squeezed, { units: 6 }, "excite"), "sigmoid");
    const y = b.conv2d(b.multiply([x, gates]), conv3(4));
    const network = b.build(b.dense(b.globalAvgPool(y, "gap2"), { units: 3 }));
    expect(channelGroups(network).map((g) => g.producers)).toEqual([["conv1", "excite"], ["squeeze"], ["conv2"]]);
    check(network);
  });

  it("gates times gates, and a gate [1, 1, c] from a pool over the whole image", () => {
    const b = networkBuilder("gates", image);
    const x = b.activation(b.conv2d(b.input, conv3(6)), "sigmoid");
    const whole = b.avgPool(x, { poolSize: 8 });
    const gates = b.activation(b.conv2d(whole, { filters: 6, kernelSize: 1 }, "excite"), "sigmoid");
    const y = b.multiply([gates, x, b.multiply([b.globalMaxPool(x), b.globalAvgPool(x)])]);
    check(b.build(b.dense(b.globalAvgPool(y, "gap2"), { units: 3 })));
  });

  it("zero padding before a valid convolution", () => {
    const b = networkBuilder("zero-pad", image);
    const x = b.zeroPad(b.activation(b.conv2d(b.input, conv3(5))), { top: 1, bottom: 0, left: 2, right: 1 });
    check(b.build(b.dense(b.globalAvgPool(b.conv2d(x, { ...conv3(4), padding: "valid" })), { units: 3 })));
  });

  it("convolution without bias, followed by nothing before the pool", () => {
    const b = networkBuilder("bare", image);
    check(b.build(b.dense(b.globalAvgPool(b.conv2d(b.input, conv3(6, false))), { units: 3 })));
  });

  it("two consumers of one producer, one strided and dilated", () => {
    const b = networkBuilder("two-readers", image);
    const x = b.activation(b.batchNorm(b.conv2d(b.input, conv3(6))));
    const left = b.globalAvgPool(b.conv2d(x, { ...conv3(4), strides: 2 }), "gap1");
    const right = b.globalMaxPool(b.conv2d(x, { ...conv3(5), dilation: 2 }));
    check(b.build(b.dense(b.concat([left, right]), { units: 3 })));
  });

  it("a sigmoid read by a padded 1x1 convolution that padding does not touch", () => {
    const b = networkBuilder("pointwise", image);
    const x = b.activation(b.conv2d(b.input, conv3(6)), "sigmoid");
    check(b.build(b.dense(b.globalAvgPool(b.conv2d(x, { filters: 4, kernelSize: 1, strides: 2 })), { units: 3 })));
  });
});
