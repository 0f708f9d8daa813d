import { beforeAll, describe, expect, it } from "vitest";
import { effectiveValues } from "../../../quantizers/effective";
import { uniformCodes, uniformScales } from "../../../quantizers/weights/uniform";
import { decodedOf, effectiveOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../run/tiny.testing";

const quantizer = (weights: Float32Array, bits: number, groups = 1) => {
  const clips = new Float32Array(groups).fill(1);
  const granularity = groups === 1 ? "tensor" : "channel";
  return { kind: "uniform", bits, granularity, clips, scales: uniformScales(weights, clips, bits) } as const;
};

describe("symmetric uniform quantizer", () => {
  it("8 bits, max 0.8: S = 0.8 / 127 = 0.00629921, 0.33 / S = 52.39 -> 52, 52 S = 0.327559", () => {
    const w = Float32Array.of(0.8, 0.33);
    const q = quantizer(w, 8);
    expect(q.scales[0]).toBeCloseTo(0.00629921, 8);
    expect([...uniformCodes(w, q).codes]).toEqual([127, 52]);
    expect(52 * q.scales[0]!).toBeCloseTo(0.327559, 6);
  });

  it("4 bits: S = max / 7; 2 bits: {-1, 0, 1} S", () => {
    const w = Float32Array.of(-1.4, 0.1, 0.6, 1.4);
    expect(quantizer(w, 4).scales[0]).toBeCloseTo(0.2, 6);
    expect([...uniformCodes(w, quantizer(w, 2)).codes]).toEqual([-1, 0, 0, 1]);
  });

  it("a scale for each channel keeps small channels apart (Krishnamoorthi 2018)", () => {
    // Channel 0 is (0.1, -0.05, 0.03, 0.08), channel 1 holds 10: one scale leaves channel 0 the codes (1, -1, 0, 1).
    const w = Float32Array.of(0.1, 10, -0.05, 0, 0.03, 0, 0.08, 0);
    const channel0 = (codes: Int8Array) => [...codes].filter((_, i) => i % 2 === 0);
    expect(channel0(uniformCodes(w, quantizer(w, 8)).codes)).toEqual([1, -1, 0, 1]);
    const [a, b, c, d] = channel0(uniformCodes(w, quantizer(w, 8, 2)).codes);
    expect([a, c, d]).toEqual([127, 38, 102]);
    // -63.5 in exact arithmetic: either neighbour.
    expect([-63, -64]).toContain(b);
    // Mean squared error of channel 0: 5.449e-4 with one scale, 6.51e-8 with its own.
    const error = (groups: number) => {
      const out = effectiveValues(w, { quantizer: quantizer(w, 8, groups) });
      return [0, 2, 4, 6].reduce((sum, i) => sum + (out[i]! - w[i]!) ** 2 / 4, 0);
    };
    expect(error(1)).toBeCloseTo(5.449e-4, 7);
    expect(error(2)).toBeCloseTo(6.51e-8, 9);
  });
});

describe("on the timeline", () => {
  beforeAll(startTiny);

  it("5-bit kernels, 8-bit edges, batch normalization folded, fewer bytes", async () => {
    const document = tinyDocument([{ block: "quant.uniform-kbit", params: { wBits: 5 } }]);
    const run = await runTiny(document, { platform: await tinyPlatform() });
    const { network, states } = decodedOf(run);
    expect(network.nodes.some((n) => n.op === "batch-norm")).toBe(false);
    const bits = ["conv1", "conv2", "logits"].map((id) => states.get(`${id}/kernel`)?.quantizer);
    expect(bits.map((q) => (q?.kind === "uniform" ? q.bits : undefined))).toEqual([8, 5, 8]);
    const values = effectiveOf(decodedOf(run), "conv2/kernel");
    // 8 output channels, at most 31 levels in each.
    for (let c = 0; c < 8; c++) expect(new Set(values.filter((_, i) => i % 8 === c)).size).toBeLessThanOrEqual(31);
    expect(run.result.final.compressionRatio).toBeGreaterThan(2.5);
  });

  it("fewer bits, fewer bytes", async () => {
    const platform = await tinyPlatform();
    const size = async (bits: number) => {
      const document = tinyDocument([{ block: "quant.uniform-kbit", params: { wBits: bits, edgeBits: bits } }]);
      return (await runTiny(document, { platform })).result.final.sizeBytes;
    };
    const sizes = [await size(8), await size(6), await size(3)];
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(new Set(sizes).size).toBe(3);
  });
});
