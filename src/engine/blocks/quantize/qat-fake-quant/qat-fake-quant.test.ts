import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { classify } from "../../../document/classify";
import { validate } from "../../../document/validate";
import type { Snapshot } from "../../../core/snapshot";
import { type UniformQuantizer, uniformCodes } from "../../../quantizers/weights/uniform";
import { roundStep } from "../../../document/schedule";
import {
  decodedOf,
  type RawClip,
  runTiny,
  startTiny,
  tinyDocument,
  tinyImages,
  tinyPlatform,
} from "../../../run/tiny.testing";
import { imageBatch } from "../../../training/batches";
import { inferenceModel } from "../../../training/evaluate";
import { forward } from "../../../training/forward";
import { LiveModel } from "../../../training/live-model";
import type { ClipContext } from "../../block";
import { parseParams } from "../../params";
import { meta } from "./meta";
import { qatFakeQuant } from "./qat-fake-quant";

beforeAll(startTiny);

const low = { wBits: 2, edgeBits: 2, aBits: 32 };

describe("quantization-aware training (Jacob et al. 2018)", () => {
  it("at 2 bits it keeps far more than rounding after training", async () => {
    const platform = await tinyPlatform();
    const ptq = await runTiny(tinyDocument([{ block: "quant.uniform-kbit", params: { wBits: 2, edgeBits: 2 } }]), {
      platform,
    });
    const qat = await runTiny(tinyDocument([{ block: "quant.qat-fake-quant", steps: 30, params: low }]), { platform });
    expect(qat.result.final.sizeBytes).toBeLessThanOrEqual(ptq.result.final.sizeBytes * 1.1);
    expect(qat.result.final.accuracy - ptq.result.final.accuracy).toBeGreaterThan(0.1);
  });

  it.each([
    [0.1, 10],
    [0.5, 50],
    [0.9, 90],
  ])("a delay of %d of 100 steps quantizes activations from step %i on", (activationDelay, step) => {
    const params = parseParams(meta.params, { activationDelay });
    const { rounds } = qatFakeQuant({ params, steps: 100 } as ClipContext<typeof meta.params>);
    expect([0, 1].map((round) => roundStep({ start: 0, steps: 100 }, rounds!, round))).toEqual([0, step]);
  });

  it("the converted network computes what the trained one did, bit for bit", async () => {
    const platform = await tinyPlatform();
    const params = { wBits: 3, aBits: 4, images: 40, freezeRangesAt: 0.8 };
    const run = await runTiny(tinyDocument([{ block: "quant.qat-fake-quant", steps: 10, params }]), { platform });
    const kept = platform.lastKept();
    const trained = new LiveModel(kept.snapshot);
    trained.restoreRanges(kept.ranges);
    const converted = inferenceModel(decodedOf(run));
    const x = imageBatch(tinyImages(20, "test"), [1, 2, 3, 4, 5]);
    const [a, b] = tf.tidy(() => [
      forward(trained.network, trained.effective, x, {
        transformActivation: (id, value) => trained.transformActivation(id, value, false),
        transformed: { has: () => true },
      }).output.dataSync(),
      converted.predict(x).output.dataSync(),
    ]);
    expect(a).toEqual(b);
    x.dispose();
    trained.dispose();
    converted.dispose();
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

  describe("with normalization that lives on and folds in the file", () => {
    const underQat = (foldBn: string): RawClip[] => [
      { block: "prune.network-slimming", steps: 12, params: { sparsity: 0.4, strength: 0.02 } },
      { block: "quant.qat-fake-quant", steps: 12, params: { wBits: 4, edgeBits: 4, aBits: 32, foldBn } },
    ];

    it("network slimming under it runs to its end, smaller and quantized, as pq-b-2-1", async () => {
      const document = tinyDocument(underQat("file"));
      expect(classify(document)).toEqual(["pq-b-2-1"]);
      expect(validate(document).filter(({ severity }) => severity === "error")).toEqual([]);
      const platform = await tinyPlatform();
      const run = await runTiny(document, { platform });
      const { snapshot } = platform.lastKept();
      const file = decodedOf(run);
      expect(snapshot.network.nodes.some(({ op }) => op === "batch-norm")).toBe(true);
      expect(file.network.nodes.some(({ op }) => op === "batch-norm")).toBe(false);
      const filters = (s: Snapshot) => s.network.nodes.flatMap((n) => (n.op === "conv2d" ? [n.attrs.filters] : []));
      // Of 6 + 8 channels floor(0.4 * 14 + 0.5) = 6 go.
      expect(filters(file).reduce((sum, n) => sum + n, 0)).toBe(8);
      // The file keeps the codes that were trained, but for the sign of a slope.
      for (const name of ["conv1/kernel", "conv2/kernel"]) {
        const codes = (s: Snapshot) =>
          uniformCodes(s.values.get(name)!, s.states.get(name)!.quantizer as UniformQuantizer).codes;
        expect(codes(file).map(Math.abs)).toEqual(codes(snapshot).map(Math.abs));
      }
      // What is shown is that file; the network that trained gives the same logits to rounding.
      const x = imageBatch(tinyImages(20, "test"), [1, 2, 3, 4, 5]);
      const [trained, converted] = [inferenceModel(snapshot), inferenceModel(file)];
      const [a, b] = tf.tidy(() => [trained.predict(x).output.dataSync(), converted.predict(x).output.dataSync()]);
      const scale = Math.max(...b!.map(Math.abs));
      a!.forEach((logit, i) => expect(Math.abs(logit - b![i]!)).toBeLessThan(1e-5 * scale));
      x.dispose();
      trained.dispose();
      converted.dispose();
    });

    it("folding at the start makes that a finding before the run", async () => {
      const document = tinyDocument(underQat("start"));
      await expect(runTiny(document, { platform: await tinyPlatform() })).rejects.toMatchObject({
        code: "invalid-document",
        details: { finding: "normalization-folded" },
      });
    });
  });
});
