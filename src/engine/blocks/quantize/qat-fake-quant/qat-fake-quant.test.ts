import { beforeAll, describe, expect, it } from "vitest";
import { decodedOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../timeline/tiny.testing";

beforeAll(startTiny);

const low = { wBits: 2, edgeBits: 2, aBits: 32 };

describe("quantization-aware training (Jacob et al. 2018)", () => {
  it("at 2 bits it keeps far more than rounding after training", async () => {
    const platform = await tinyPlatform();
    const ptq = await runTiny(tinyDocument([{ block: "quant.uniform-kbit", params: { wBits: 2, edgeBits: 2 } }]), {
      platform,
    });
    const qat = await runTiny(tinyDocument([{ block: "quant.qat-fake-quant", steps: 60, params: low }]), { platform });
    expect(qat.result.final.sizeBytes).toBeLessThanOrEqual(ptq.result.final.sizeBytes * 1.1);
    expect(qat.result.final.accuracy - ptq.result.final.accuracy).toBeGreaterThan(0.1);
  });

  it("activations join at the delay and stay in the file with frozen ranges", async () => {
    const params = { wBits: 4, aBits: 4, activationDelay: 0.5, images: 50 };
    const run = await runTiny(tinyDocument([{ block: "quant.qat-fake-quant", steps: 10, params }]), {
      platform: await tinyPlatform(),
    });
    expect([...decodedOf(run).activations.values()].map((a) => a.bits)).toEqual([8, 4, 8]);
  });

  it("the quantizer stays while other clips train on", async () => {
    const clips = [
      { block: "quant.qat-fake-quant", steps: 5, params: low },
      { block: "train.fine-tune", start: 5, steps: 5 },
    ];
    const run = await runTiny(tinyDocument(clips), { platform: await tinyPlatform() });
    const quantizer = decodedOf(run).states.get("conv2/kernel")?.quantizer;
    expect(quantizer).toMatchObject({ kind: "uniform", bits: 2 });
  });
});
