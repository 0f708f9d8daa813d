import { beforeAll, describe, expect, it } from "vitest";
import { roundHalfEven } from "../../../core/effective";
import { decodedOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../run/tiny.testing";
import { affineRange } from "../../../quantizers/activations/affine";

describe("affine quantizer (Jacob et al. 2018)", () => {
  it("[-1.02, 1.98] in 8 bits: S = 3 / 255, -min / S = 86.7 -> Z = 87, the range moves to [-1.023529, 1.976471]", () => {
    const { scale, zeroPoint } = affineRange(-1.02, 1.98, 8);
    expect(scale).toBeCloseTo(0.01176471, 8);
    expect(zeroPoint).toBe(87);
    expect(-zeroPoint * scale).toBeCloseTo(-1.023529, 6);
    expect((255 - zeroPoint) * scale).toBeCloseTo(1.976471, 6);
    // 0.37 / S = 31.45 -> 31, + 87 = 118; (118 - 87) S = 0.364706
    const q = roundHalfEven(0.37 / scale) + zeroPoint;
    expect([q, Math.round((q - zeroPoint) * scale * 1e6) / 1e6]).toEqual([118, 0.364706]);
  });

  it("a range after relu starts at 0: Z = 0; a range of no width has scale 1", () => {
    expect(affineRange(0, 2.55, 8)).toMatchObject({ zeroPoint: 0 });
    expect(affineRange(0, 0, 8)).toEqual({ kind: "affine", bits: 8, scale: 1, zeroPoint: 0 });
  });
});

describe("on the timeline", () => {
  beforeAll(startTiny);

  it("8-bit weights and activations: a quarter of the bytes, W8A8 bit operations, little lost", async () => {
    const run = await runTiny(tinyDocument([{ block: "quant.affine-int8", params: { images: 100 } }]), {
      platform: await tinyPlatform(),
    });
    const { original, final } = run.result;
    expect(final.bops).toBe(original.macs * 64);
    expect(Math.abs(final.accuracy - original.accuracy)).toBeLessThanOrEqual(0.03);
    expect(final.compressionRatio).toBeGreaterThan(2.5);
    // What the three layers with kernels read: the image and the two pooled maps (flattened for the last).
    expect([...decodedOf(run).activations.values()].map((a) => a.bits)).toEqual([8, 8, 8]);
  });

  it("aBits 32 leaves activations alone; so does the calibration set of one image not crash", async () => {
    const platform = await tinyPlatform();
    const weightsOnly = await runTiny(tinyDocument([{ block: "quant.affine-int8", params: { aBits: 32 } }]), {
      platform,
    });
    expect(decodedOf(weightsOnly).activations.size).toBe(0);
    const params = { images: 1, calibration: "percentile", percentile: 99 };
    const one = await runTiny(tinyDocument([{ block: "quant.affine-int8", params }]), { platform });
    expect(decodedOf(one).activations.size).toBe(3);
  });
});
