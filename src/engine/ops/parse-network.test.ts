import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Network, OpName } from "../core/network";
import { builders } from "../zoo/builders";
import { parseNetwork } from "./parse-network";
import { operations, shapesOf } from "./registry";

type Json = Record<string, unknown>;

/** Every operation once. */
const everything: Network = {
  name: "everything",
  nodes: [
    { id: "in", op: "input", inputs: [], attrs: { shape: [64] }, params: {} },
    { id: "image", op: "reshape", inputs: ["in"], attrs: { shape: [8, 8, 1] }, params: {} },
    { id: "pad", op: "zero-pad", inputs: ["image"], attrs: { top: 1, bottom: 0, left: 1, right: 0 }, params: {} },
    {
      id: "conv",
      op: "conv2d",
      inputs: ["pad"],
      attrs: { filters: 4, kernelSize: [3, 2], strides: [1, 1], padding: "same", dilation: [1, 1], useBias: true },
      params: { kernel: { name: "conv/kernel", shape: [3, 2, 1, 4] }, bias: { name: "conv/bias", shape: [4] } },
    },
    {
      id: "norm",
      op: "batch-norm",
      inputs: ["conv"],
      attrs: { epsilon: 0.001, momentum: 0.99 },
      params: {
        gamma: { name: "norm/gamma", shape: [4] },
        beta: { name: "norm/beta", shape: [4] },
        movingMean: { name: "norm/movingMean", shape: [4] },
        movingVariance: { name: "norm/movingVariance", shape: [4] },
      },
    },
    { id: "act", op: "activation", inputs: ["norm"], attrs: { kind: "leaky-relu", alpha: 0.1 }, params: {} },
    {
      id: "depth",
      op: "depthwise-conv2d",
      inputs: ["act"],
      attrs: { kernelSize: [3, 3], multiplier: 1, strides: [1, 1], padding: "same", useBias: false },
      params: { kernel: { name: "depth/kernel", shape: [3, 3, 4, 1] } },
    },
    { id: "sum", op: "add", inputs: ["act", "depth"], attrs: {}, params: {} },
    { id: "product", op: "multiply", inputs: ["sum", "act"], attrs: {}, params: {} },
    { id: "both", op: "concat", inputs: ["product", "act"], attrs: {}, params: {} },
    {
      id: "max",
      op: "max-pool",
      inputs: ["both"],
      attrs: { poolSize: [2, 2], strides: [2, 2], padding: "valid" },
      params: {},
    },
    {
      id: "avg",
      op: "avg-pool",
      inputs: ["max"],
      attrs: { poolSize: [2, 2], strides: [1, 1], padding: "same" },
      params: {},
    },
    { id: "up", op: "upsample", inputs: ["avg"], attrs: { size: [2, 2] }, params: {} },
    { id: "gap", op: "global-avg-pool", inputs: ["up"], attrs: {}, params: {} },
    { id: "gmp", op: "global-max-pool", inputs: ["avg"], attrs: {}, params: {} },
    { id: "flat", op: "flatten", inputs: ["max"], attrs: {}, params: {} },
    { id: "all", op: "concat", inputs: ["gap", "gmp", "flat"], attrs: {}, params: {} },
    { id: "drop", op: "dropout", inputs: ["all"], attrs: { rate: 0.5 }, params: {} },
    {
      id: "fc",
      op: "dense",
      inputs: ["drop"],
      attrs: { units: 3, useBias: false },
      // 8 + 8 + 4*4*8 = 144
      params: { kernel: { name: "fc/kernel", shape: [144, 3] } },
    },
  ],
  output: "fc",
  head: "softmax",
};

const copyOf = (network: Network) => JSON.parse(JSON.stringify(network)) as { nodes: Json[] } & Json;

/** The network with one layer changed. */
function withLayer(id: string, change: (layer: Json) => void): unknown {
  const json = copyOf(everything);
  change(json.nodes.find((node) => node.id === id)!);
  return json;
}
const inputOf = (shape: number[]) => ({ id: "in", op: "input", inputs: [], attrs: { shape }, params: {} });
const withAttr = (id: string, key: string, value: unknown) => withLayer(id, (l) => ((l.attrs as Json)[key] = value));

describe("parseNetwork", () => {
  it("takes every operation there is", () => {
    const used = new Set<OpName>(everything.nodes.map((node) => node.op));
    expect([...used].sort()).toEqual((Object.keys(operations) as OpName[]).sort());
    expect(parseNetwork(copyOf(everything))).toEqual(everything);
  });

  it.each(Object.entries(builders))("takes %s", (_, build) => {
    const network = build();
    expect(parseNetwork(copyOf(network))).toEqual(network);
  });

  it("gives the same text whatever the order of the fields was", () => {
    const { nodes, ...rest } = copyOf(everything);
    const turned = { nodes: nodes.map((node) => Object.fromEntries(Object.entries(node).reverse())), ...rest };
    expect(JSON.stringify(parseNetwork(turned))).toBe(JSON.stringify(parseNetwork(everything)));
  });

  it.each<[string, unknown, string | RegExp]>([
    ["no object", 7, /^network: expected Object, got 7/],
    ["no layers", { ...everything, nodes: [] }, /^network: nodes must be/],
    ["another head", { ...everything, head: "sigmoid" }, /^network: head must be .*"softmax"/],
    ["a field that is not there", { ...everything, version: 2 }, /^network: version must be never/],
    [
      "an output that is not there",
      { ...everything, output: "x" },
      "network: output must be the id of a layer, got 'x'",
    ],
    [
      "no input in front",
      { ...everything, nodes: everything.nodes.slice(1) },
      /^layer 'image': the first layer, and no other, must be the input/,
    ],
    [
      "two inputs",
      { ...everything, nodes: [everything.nodes[0], { ...everything.nodes[0], id: "in2" }] },
      /^layer 'in2': the first layer/,
    ],
    ["an id twice", withLayer("pad", (l) => (l.id = "image")), "layer 'image': id must be unique, got it twice"],
    ["an unknown operation", withLayer("act", (l) => (l.op = "lstm")), /^layer 5: op must be .*got "lstm"/],
    ["an operation of another object", withLayer("act", (l) => (l.op = "toString")), /^layer 5: op must be/],
    [
      "an input that comes later",
      withLayer("pad", (l) => (l.inputs = ["conv"])),
      "layer 'pad': inputs must be ids of earlier layers, got 'conv'",
    ],
    ["itself as input", withLayer("pad", (l) => (l.inputs = ["pad"])), /inputs must be ids of earlier layers/],
    ["no input", withLayer("act", (l) => (l.inputs = [])), /^layer 'act': activation expected one input, got no input/],
    [
      "an attribute missing",
      withLayer("conv", (l) => delete (l.attrs as Json).dilation),
      /^layer 'conv': attrs.dilation must be/,
    ],
    ["an attribute too many", withAttr("flat", "axis", 1), /^layer 'flat': attrs.axis must be never/],
    [
      "a stride of 0",
      withAttr("conv", "strides", [0, 1]),
      "layer 'conv': attrs.strides.0 must be an integer in [1, 65536], got 0",
    ],
    ["a stride that is no integer", withAttr("conv", "strides", [1.5, 1]), /attrs.strides.0 must be an integer/],
    ["three strides", withAttr("conv", "strides", [1, 1, 1]), /attrs.strides/],
    [
      "a text for a number",
      withAttr("fc", "units", "3"),
      "layer 'fc': attrs.units must be an integer in [1, 268435456], got \"3\"",
    ],
    ["NaN as null", withAttr("norm", "epsilon", null), /attrs.epsilon must be a number in \[0, 1000000\], got null/],
    ["an unknown padding", withAttr("max", "padding", "full"), /attrs.padding must be/],
    ["an unknown nonlinearity", withAttr("act", "kind", "mish"), /attrs.kind must be/],
    ["a dropout of everything", withAttr("drop", "rate", 1), /attrs.rate must be/],
    ["a negative padding", withAttr("pad", "top", -1), /attrs.top must be/],
    ["a shape that does not fit", withAttr("image", "shape", [8, 8, 2]), /^layer 'image': reshape expected 128 values/],
    [
      "a window larger than its input",
      withAttr("max", "poolSize", [20, 20]),
      /^layer 'max': max-pool expected an input of at least 20/,
    ],
    [
      "a parameter missing",
      withLayer("conv", (l) => delete (l.params as Json).bias),
      "layer 'conv': params.bias must be there for 'conv2d'",
    ],
    [
      "a parameter too many",
      withLayer("act", (l) => (l.params = { kernel: { name: "act/kernel", shape: [1] } })),
      "layer 'act': params.kernel must be absent for 'activation'",
    ],
    [
      "a parameter of another role",
      withLayer("act", (l) => (l.params = { weight: { name: "act/weight", shape: [1] } })),
      /^layer 'act': params.weight must be one of kernel/,
    ],
    [
      "another layer's parameter",
      withLayer("fc", (l) => (l.params = { kernel: { name: "conv/kernel", shape: [144, 3] } })),
      /params.kernel.name must be 'fc\/kernel'/,
    ],
    [
      "a parameter of another shape",
      withLayer("fc", (l) => (l.params = { kernel: { name: "fc/kernel", shape: [3, 144] } })),
      "layer 'fc': params.kernel.shape must be [144, 3], got [3, 144]",
    ],
    [
      "an output larger than any computer",
      { ...everything, nodes: [inputOf([2 ** 20, 2 ** 20])], output: "in" },
      /^layer 'in': output must be of 1 to 268435456 values, got \[1048576, 1048576\]/,
    ],
  ])("refuses %s", (_, json, message) => {
    expect(() => parseNetwork(json)).toThrow(expect.objectContaining({ code: "invalid-file" }));
    expect(() => parseNetwork(json)).toThrow(message);
  });

  it("makes a network whose shapes can be computed, or refuses, whatever one field is replaced by", () => {
    const junk = fc.oneof(
      fc.constantFrom<unknown>(null, 0, -1, 1, 2, 3, 7, 1e12, 0.5, "conv", "add", "same", [], {}, [1, 1]),
      fc.jsonValue({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(fc.nat(), junk, (pick, value) => {
        const json = copyOf(everything);
        const places = placesIn(json);
        const [owner, key] = places[pick % places.length]!;
        owner[key] = value;
        try {
          expect(shapesOf(parseNetwork(json)).size).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ name: "EngineError", code: "invalid-file" });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** Every field and element, however deep. */
function placesIn(value: object): [owner: Json, key: string][] {
  return Object.entries(value).flatMap(([key, inner]): [Json, string][] => [
    [value as Json, key],
    ...(typeof inner === "object" && inner !== null ? placesIn(inner as object) : []),
  ]);
}
