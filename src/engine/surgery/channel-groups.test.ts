import { describe, expect, it } from "vitest";
import { networkBuilder } from "../zoo/builder";
import { builders } from "../zoo/builders";
import { analyzeChannels, channelGroups, pinText, unitOfElement } from "./channel-groups";

const conv3 = (filters: number) => ({ filters, kernelSize: 3 });
const brief = (groups: ReturnType<typeof channelGroups>) => groups.map((g) => [g.producers.join(" "), g.units]);

describe("channelGroups", () => {
  it("gives a chain one group for each hidden layer, and pins the logits", () => {
    const network = builders.lenet5c();
    expect(brief(channelGroups(network))).toEqual([
      ["conv1", 20],
      ["conv2", 50],
      ["dense1", 500],
    ]);
    expect(analyzeChannels(network).pinned).toEqual([
      { producer: "logits", reason: { why: "logits", node: "logits" } },
    ]);
  });

  it("lists the slices of a unit: kernel, bias, and 16 dense rows behind the flatten (4 x 4 positions)", () => {
    const [, conv2] = channelGroups(builders.lenet5c());
    expect(conv2!.slices.map(({ parameter, axis, side }) => [parameter, axis, side])).toEqual([
      ["conv2/kernel", 3, "makes"],
      ["conv2/bias", 0, "makes"],
      ["dense1/kernel", 0, "reads"],
    ]);
    const rows = conv2!.slices[2]!.unitOf;
    expect(rows).toHaveLength(800);
    // Row (y * 4 + x) * 50 + c is channel c.
    expect([...rows].every((unit, row) => unit === row % 50)).toBe(true);
  });

  it("joins what a residual network adds", () => {
    const { groups, pinned } = analyzeChannels(builders.resnet8());
    expect(brief(groups)).toEqual([
      ["conv1 block1-conv2", 16],
      ["block1-conv1", 16],
      ["block2-conv1", 32],
      ["block2-conv2 block2-proj", 32],
      ["block3-conv1", 64],
      ["block3-conv2 block3-proj", 64],
    ]);
    expect(pinned.map((p) => p.producer)).toEqual(["logits"]);
  });

  it("hands channels through depthwise convolutions, which make none", () => {
    const groups = channelGroups(builders["mobile-t"]());
    expect(brief(groups)[0]).toEqual(["conv1", 16]);
    const made = groups[0]!.slices.filter((s) => s.side === "makes").map((s) => s.parameter);
    expect(made).toContain("block1-depthwise/kernel");
    expect(made).toContain("block1-depthwise-bn/movingVariance");
    expect(groups[0]!.slices.at(-1)).toMatchObject({ parameter: "block1-pointwise/kernel", axis: 2, side: "reads" });
  });

  it("keeps concatenated branches apart, with their offsets in the reader", () => {
    const b = networkBuilder("concat", [4, 4, 1]);
    const x = b.concat([b.conv2d(b.input, conv3(2)), b.conv2d(b.input, conv3(3))]);
    const groups = channelGroups(b.build(b.dense(b.globalAvgPool(x), { units: 2 }, "logits")));
    expect(brief(groups)).toEqual([
      ["conv1", 2],
      ["conv2", 3],
    ]);
    expect([...groups[0]!.slices.at(-1)!.unitOf]).toEqual([0, 1, -1, -1, -1]);
    expect([...groups[1]!.slices.at(-1)!.unitOf]).toEqual([-1, -1, 0, 1, 2]);
  });

  it("joins concatenated branches that are added to a third", () => {
    const b = networkBuilder("concat-add", [4, 4, 1]);
    const both = b.concat([b.conv2d(b.input, conv3(2)), b.conv2d(b.input, conv3(3))]);
    const x = b.add([both, b.conv2d(b.input, conv3(5))]);
    expect(brief(channelGroups(b.build(b.dense(b.globalAvgPool(x), { units: 2 }))))).toEqual([
      ["conv1 conv2 conv3", 5],
    ]);
  });

  it("pins what reaches a reshape or softmax, the input, and the logits, and says why", () => {
    const b = networkBuilder("pinned", [4, 4, 2]);
    const reshaped = b.conv2d(b.reshape(b.conv2d(b.input, conv3(4), "before"), [8, 8, 1], "fold"), conv3(2), "after");
    const soft = b.activation(b.conv2d(b.input, conv3(2), "gate"), "softmax");
    const joined = b.add([b.conv2d(b.input, conv3(2), "beside"), b.input], "sum");
    const all = [b.globalAvgPool(reshaped, "g1"), b.globalAvgPool(soft, "g2"), b.globalAvgPool(joined, "g3")];
    const { groups, pinned } = analyzeChannels(b.build(b.dense(b.concat(all), { units: 3 }, "logits")));
    expect(brief(groups)).toEqual([["after", 2]]);
    expect(pinned.map((p) => [p.producer, pinText(p.reason)])).toEqual([
      ["before", "they reach 'fold', which mixes all channels"],
      ["gate", "they reach 'gate-softmax', which mixes all channels"],
      ["beside", "they are joined to the network's input"],
      ["logits", "they are the network's logits"],
    ]);
  });

  it("pins channels one by one: a convolution added to [input, branch] keeps those of the input", () => {
    const b = networkBuilder("partly", [4, 4, 2]);
    const joined = b.concat([b.input, b.conv2d(b.input, conv3(3), "branch")]);
    const x = b.add([joined, b.conv2d(b.input, conv3(5), "wide")]);
    const { groups, pinned } = analyzeChannels(b.build(b.dense(b.globalAvgPool(x), { units: 2 }, "logits")));
    expect(brief(groups)).toEqual([["branch wide", 3]]);
    expect([...groups[0]!.slices.find((s) => s.parameter === "wide/kernel")!.unitOf]).toEqual([-1, -1, 0, 1, 2]);
    expect(pinned.map((p) => p.producer)).toEqual(["logits"]);
  });

  it("pins layers whose removed channels would leave a constant that padding or a nonlinearity breaks", () => {
    const b = networkBuilder("constants", [4, 4, 2]);
    const padded = b.conv2d(b.activation(b.conv2d(b.input, conv3(4), "a"), "sigmoid"), conv3(2), "padded");
    const zeros = b.zeroPad(b.activation(b.conv2d(b.input, conv3(4), "b"), "softplus"));
    const framed = b.conv2d(zeros, { ...conv3(2), padding: "valid" }, "framed");
    const twice = b.activation(b.activation(b.conv2d(b.input, conv3(4), "c"), "sigmoid"), "tanh");
    const all = [padded, framed, twice].map((id, i) => b.globalAvgPool(id, `g${i}`));
    const { groups, pinned } = analyzeChannels(b.build(b.dense(b.concat(all), { units: 2 }, "logits")));
    expect(brief(groups)).toEqual([
      ["padded", 2],
      ["framed", 2],
    ]);
    expect(pinned.slice(0, 3).map((p) => [p.producer, p.reason.why, p.reason.node])).toEqual([
      ["a", "constant", "padded"],
      ["b", "constant", "framed"],
      ["c", "constant", "logits"],
    ]);
  });

  it("finds the unit of an element, in kernels whose channels are not the last axis too", () => {
    const b = networkBuilder("depthwise", [4, 4, 1]);
    const x = b.depthwiseConv2d(b.conv2d(b.input, conv3(3)), { kernelSize: 2, multiplier: 2 }, "d");
    const [group] = channelGroups(b.build(b.dense(b.globalAvgPool(x), { units: 2 })));
    const slice = group!.slices.find((s) => s.parameter === "d/kernel")!;
    // [2, 2, 3, 2]: two neighbours belong to one channel, then the next channel comes.
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((i) => unitOfElement(slice, i))).toEqual([0, 0, 1, 1, 2, 2, 0, 0]);
  });

  it("analyses each network object once", () => {
    const network = builders["cnn-s"]();
    expect(channelGroups(network)).toBe(channelGroups(network));
  });

  it("keeps at least two channels of a convolution, one of a dense layer", () => {
    expect(channelGroups(builders.lenet5c()).map((g) => g.minimumKept)).toEqual([2, 2, 1]);
  });
});
