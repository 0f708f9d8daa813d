import { describe, expect, it } from "vitest";
import { effectiveValues } from "../../../quantizers/effective";
import type { UniformQuantizer } from "../../../quantizers/weights/uniform";
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import { networkBuilder } from "../../../zoo/builder";
import type { ActivationSample } from "../../block";
import { layerBits, quantizeActivations, quantizeWeights, type WeightSettings } from "./quantize";

const f32 = (...values: number[]) => Float32Array.from(values);
const minmax: WeightSettings = { wBits: 4, edgeBits: 8, granularity: "channel", calibration: "minmax", percentile: 99 };

/** Dense layers `fc0`, `fc1`, ... of two inputs and two outputs. */
function layers(...kernels: readonly (readonly number[])[]): Snapshot {
  const b = networkBuilder("layers", [2]);
  const output = kernels.reduce<string>((x, _, i) => b.dense(x, { units: 2, useBias: false }, `fc${i}`), b.input);
  const values = kernels.map((kernel, i) => [`fc${i}/kernel`, f32(...kernel)] as const);
  return plainSnapshot(b.build(output), new Map(values));
}

const three = () => layers([1, 2, 3, 4], [0.1, 10, -0.05, 5], [1, 1, 1, 1]);
const quantizerOf = (snapshot: Snapshot, layer: string) =>
  snapshot.states.get(`${layer}/kernel`)!.quantizer as UniformQuantizer;

describe("layerBits", () => {
  it("the first and the last layer have bits of their own", () => {
    expect([...layerBits(three().network, 4, 8)]).toEqual([
      ["fc0", 8],
      ["fc1", 4],
      ["fc2", 8],
    ]);
    expect([...layerBits(layers([1, 2, 3, 4]).network, 4, 8)]).toEqual([["fc0", 8]]);
  });
});

describe("quantizeWeights", () => {
  it("has a scale for each output channel, or one", () => {
    const perChannel = quantizerOf(quantizeWeights(three(), minmax), "fc1");
    // Columns (0.1, -0.05) and (10, 5), 7 levels.
    expect([...perChannel.scales]).toEqual([expect.closeTo(0.1 / 7, 8), expect.closeTo(10 / 7, 6)]);
    const perTensor = quantizerOf(quantizeWeights(three(), { ...minmax, granularity: "tensor" }), "fc1");
    expect([...perTensor.scales]).toEqual([expect.closeTo(10 / 7, 6)]);
  });

  it("of a depthwise kernel [h, w, c, m] there are c * m channels", () => {
    const b = networkBuilder("depthwise", [2, 2, 2]);
    const x = b.depthwiseConv2d(b.input, { kernelSize: 1, multiplier: 2, useBias: false }, "dw");
    const network = b.build(b.globalAvgPool(x));
    const snapshot = quantizeWeights(plainSnapshot(network, new Map([["dw/kernel", f32(1, 2, 3, 4)]])), minmax);
    expect([...quantizerOf(snapshot, "dw").scales]).toEqual([1, 2, 3, 4].map((w) => Math.fround(w / 127)));
  });

  it("reads the scale from what the mask leaves, and keeps the mask", () => {
    const mask = Uint8Array.of(1, 0, 1, 1);
    const masked = { ...three(), states: new Map([["fc1/kernel", { mask }]]) };
    const quantized = quantizeWeights(masked, minmax);
    expect(quantized.states.get("fc1/kernel")!.mask).toBe(mask);
    expect(quantizerOf(quantized, "fc1").scales[1]).toBeCloseTo(5 / 7, 6);
  });

  it("a tensor with as few values or fewer keeps them; a finer one is rounded from the values it has", () => {
    const coarse = quantizeWeights(three(), { ...minmax, wBits: 3 });
    expect(quantizerOf(quantizeWeights(coarse, { ...minmax, wBits: 5 }), "fc1")).toBe(quantizerOf(coarse, "fc1"));
    const finer = quantizeWeights(three(), { ...minmax, wBits: 6 });
    const again = quantizeWeights(finer, { ...minmax, wBits: 2 });
    expect(quantizerOf(again, "fc1").bits).toBe(2);
    const six = effectiveValues(finer.values.get("fc1/kernel")!, finer.states.get("fc1/kernel"));
    expect(again.values.get("fc1/kernel")).toEqual(six);
  });

  it("takes widths of single layers from a plan, and refuses those of a layer that is not there", () => {
    const quantized = quantizeWeights(three(), { ...minmax, plan: new Map([["fc0", { wBits: 3 }]]) });
    expect(["fc0", "fc1", "fc2"].map((id) => quantizerOf(quantized, id).bits)).toEqual([3, 4, 8]);
    const stray = new Map([["fc9", { wBits: 3 }]]);
    expect(() => quantizeWeights(three(), { ...minmax, plan: stray })).toThrow(/layers among fc0, fc1, fc2, got 'fc9'/);
    // What says something else of a channel group is no width.
    expect(() => quantizeWeights(three(), { ...minmax, plan: new Map([["group", {}]]) })).not.toThrow();
  });

  it("a codebook of 2^k values or fewer stays, a larger one does not", () => {
    const values = Float32Array.from({ length: 9 }, (_, i) => i - 4);
    const book = {
      ...three(),
      states: new Map([["fc1/kernel", { quantizer: { kind: "codebook", values } as const }]]),
    };
    expect(quantizeWeights(book, minmax).states.get("fc1/kernel")).toBe(book.states.get("fc1/kernel"));
    expect(quantizerOf(quantizeWeights(book, { ...minmax, wBits: 3 }), "fc1").kind).toBe("uniform");
  });
});

describe("quantizeActivations", () => {
  const settings = { aBits: 4, edgeBits: 8, calibration: "minmax", percentile: 99, images: 7 } as const;
  /** Every node ranges over [-1.02, 1.98]. */
  const asked: (readonly [readonly string[], number])[] = [];
  const services = {
    sampleActivations: (_: Snapshot, ids: readonly string[], images: number) => {
      asked.push([ids, images]);
      const sample: ActivationSample = { min: -1.02, max: 1.98, values: f32(-1.02, 1.98) };
      return Promise.resolve(new Map(ids.map((id) => [id, sample])));
    },
  };
  const bitsOf = ({ activations }: Snapshot) => Object.fromEntries([...activations].map(([id, q]) => [id, q.bits]));

  it("quantizes what each layer reads, from as many images as it is told", async () => {
    const quantized = await quantizeActivations(three(), settings, services);
    expect(bitsOf(quantized)).toEqual({ input: 8, fc0: 4, fc1: 8 });
    expect(asked.at(-1)).toEqual([["input", "fc0", "fc1"], 7]);
    // S = 3 / 255, Z = round(86.7)
    expect(quantized.activations.get("input")).toMatchObject({ kind: "affine", zeroPoint: 87 });
  });

  it("an output that two layers read has the larger width", async () => {
    const b = networkBuilder("shared", [2]);
    const x = b.dense(b.input, { units: 2, useBias: false }, "a");
    const network = b.build(b.add([b.dense(x, { units: 2, useBias: false }, "b"), b.dense(x, { units: 2 }, "c")]));
    const quantized = await quantizeActivations(plainSnapshot(network, new Map()), settings, services);
    // `b` would read 4 bits, `c`, the last, 8.
    expect(bitsOf(quantized)).toEqual({ input: 8, a: 8 });
  });

  it("under a plan, two readers of one tensor have two widths, each on its own input", async () => {
    const b = networkBuilder("shared", [2]);
    const x = b.dense(b.input, { units: 2, useBias: false }, "a");
    const readers = ["b", "c"].map((id) => b.dense(x, { units: 2, useBias: false }, id));
    const network = b.build(b.dense(b.add([...readers, x], "sum"), { units: 2 }, "d"));
    const plain = plainSnapshot(network, new Map());
    const plan = new Map([
      ["b", { aBits: 4 }],
      ["c", { aBits: 6 }],
    ]);
    const quantized = await quantizeActivations(plain, { ...settings, plan }, services);
    // `sum` reads `a` as well, and sees it as it is; what `d` reads is its own.
    expect(bitsOf(quantized)).toEqual({ input: 8, "b:0": 4, "c:0": 6, sum: 8 });
    expect(asked.at(-1)).toEqual([["input", "sum", "a"], 7]);
  });

  it("fewer bits of an earlier clip stay, more are lowered, as many are calibrated afresh", async () => {
    const quantizer = (bits: number) => ({ kind: "affine" as const, bits, scale: 1, zeroPoint: 0 });
    const earlier = new Map([
      ["input", quantizer(2)],
      ["fc0", quantizer(6)],
      ["fc1", quantizer(8)],
    ]);
    const quantized = await quantizeActivations({ ...three(), activations: earlier }, settings, services);
    expect(bitsOf(quantized)).toEqual({ input: 2, fc0: 4, fc1: 8 });
    expect(asked.at(-1)![0]).toEqual(["fc0", "fc1"]);
    expect(quantized.activations.get("fc1")).toMatchObject({ scale: expect.closeTo(3 / 255, 6) as number });
  });

  it("32 bits add no quantizer and take none away", async () => {
    const earlier = {
      ...three(),
      activations: new Map([["fc0", { kind: "affine" as const, bits: 8, scale: 1, zeroPoint: 0 }]]),
    };
    expect(await quantizeActivations(earlier, { ...settings, aBits: 32 }, services)).toBe(earlier);
  });
});
