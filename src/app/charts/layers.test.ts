import { describe, expect, it } from "vitest";
import { compareLayers, layersOf } from "./layers";
import { tensor } from "./layers.testing";

const original = [
  tensor("conv1/kernel", [5, 5, 1, 20], 2000, 500),
  tensor("conv1/bias", [20], 80, 20),
  tensor("fc/kernel", [320, 10], 12_800, 3200),
];

describe("layersOf", () => {
  it("adds up the parameters of a layer and takes shape and codec from its kernel", () => {
    expect(layersOf(original)).toEqual([
      // 2000 + 80 bytes, 500 + 20 values
      {
        id: "conv1",
        op: "conv2d",
        shape: [5, 5, 1, 20],
        codec: "dense f32",
        bits: 32,
        sizeBytes: 2080,
        nonZero: 520,
        count: 520,
      },
      {
        id: "fc",
        op: "dense",
        shape: [320, 10],
        codec: "dense f32",
        bits: 32,
        sizeBytes: 12_800,
        nonZero: 3200,
        count: 3200,
      },
    ]);
  });

  it.each([
    ["block/dw/kernel", [3, 3, 16, 1], "depthwise-conv2d"],
    ["stem/kernel", [3, 3, 1, 8], "conv2d"],
    ["bn/gamma", [8], "batch-norm"],
    ["lone/bias", [8], "other"],
  ] as const)("reads what %s %j belongs to off its shape", (name, shape, op) => {
    expect(layersOf([tensor(name, shape, 4, 1)])).toMatchObject([{ id: name.replace(/\/[^/]*$/, ""), op }]);
  });

  it.each([
    ["relative index 4 b + 5-bit codes, Huffman", 5],
    ["bitmap + 2-bit codebook indices", 2],
    ["dense f16", 16],
    ["all zero", null],
  ])("reads the bits of '%s'", (codec, bits) => {
    expect(layersOf([tensor("a/kernel", [1, 1], 1, 1, codec)])[0]!.bits).toBe(bits);
  });
});

describe("compareLayers", () => {
  it("pairs layers by name and keeps those that are gone or new", () => {
    const now = [tensor("conv1/kernel", [5, 5, 1, 20], 250, 480, "dense 4-bit codes"), tensor("new/bias", [2], 8, 2)];
    const changes = compareLayers(original, now);
    expect(changes.map(({ id, before, now: after }) => [id, before?.sizeBytes, after?.sizeBytes])).toEqual([
      ["conv1", 2080, 250],
      ["new", undefined, 8],
      ["fc", 12_800, undefined],
    ]);
  });

  it("shows what there is where the original is not known", () => {
    expect(compareLayers(null, original).map(({ before }) => before)).toEqual([null, null]);
  });
});
