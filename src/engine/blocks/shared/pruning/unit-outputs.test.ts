import { describe, expect, it } from "vitest";
import { channelGroups } from "../../../surgery/channel-groups";
import { livelySnapshot } from "../../../surgery/check.testing";
import { networkBuilder } from "../../../zoo/builder";
import { MeanMagnitudes, unitOutputs } from "./unit-outputs";

const batch = (values: readonly number[], shape: readonly number[], firstImage: number) => ({
  nodeId: "x",
  shape,
  values: Float32Array.from(values),
  firstImage,
});

describe("means of magnitudes", () => {
  it("places of an image cancel, images do not", () => {
    const sums = new MeanMagnitudes(2);
    const units = Int32Array.of(0, 1);
    // Two images of two places and two channels: unit 0 gives 1 - 3 and 2 + 2, unit 1 gives 5 - 5 and 0 - 1.
    sums.add(batch([1, 5, -3, -5, 2, 0, 2, -1], [2, 2, 2], 0), units);
    // A third one: 3 and 1.
    sums.add(batch([3, 1], [1, 2], 2), units);
    expect([...sums.means()]).toEqual([...Float32Array.of((2 + 4 + 3) / 3, (0 + 1 + 1) / 3)]);
  });

  it("layers that make one unit add up before the magnitude is taken; factors multiply", () => {
    const sums = new MeanMagnitudes(1);
    sums.add(batch([4, 9], [1, 2], 0), Int32Array.of(0, -1), Float32Array.of(0.5, 100));
    sums.add(batch([-3], [1, 1], 0), Int32Array.of(0));
    expect([...sums.means()]).toEqual([1]);
  });

  it("are zeros without images", () => {
    expect([...new MeanMagnitudes(2).means()]).toEqual([0, 0]);
  });
});

it("outputs are read where a removal makes them 0: folded layers, or the normalization that does not fold", () => {
  const b = networkBuilder("two", [4, 4, 1]);
  const first = b.activation(b.batchNorm(b.conv2d(b.input, { filters: 3, kernelSize: 1 }, "a")));
  const network = b.build(
    b.dense(b.globalAvgPool(b.batchNorm(b.conv2d(first, { filters: 2, kernelSize: 1 }, "b"))), { units: 2 }),
  );
  const plain = livelySnapshot(network);
  const quantizer = { kind: "codebook", values: Float32Array.of(-1, 0, 1) } as const;
  const snapshot = { ...plain, states: new Map([["b/kernel", { quantizer }]]) };
  const { outputs, nodeIds, snapshot: folded } = unitOutputs(snapshot, channelGroups(network));
  expect(nodeIds).toEqual(["a", "b-bn"]);
  expect(outputs.map(([own]) => [...own!.unitOf])).toEqual([
    [0, 1, 2],
    [0, 1],
  ]);
  expect(folded.network.nodes.filter(({ op }) => op === "batch-norm")).toHaveLength(1);
});
