import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createRng } from "../../../core/rng";
import { valuesOf } from "../../../core/snapshot";
import { classify } from "../../../document/classify";
import { initialBasis, levelsOf, type LowBit, nearestCode, qemStep } from "../../../quantizers/basis";
import { followQem } from "../../../quantizers/basis-tensors";
import { effectiveValues } from "../../../quantizers/effective";
import type { BasisQuantizer } from "../../../quantizers/weights/basis";
import { RunControl } from "../../../run/control";
import {
  decodedOf,
  effectiveOf,
  filtersOf,
  type RawClip,
  runTiny,
  startTiny,
  tinyDocument,
  tinyImages,
  tinyPlatform,
} from "../../../run/tiny.testing";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import { imageBatch } from "../../../training/batches";
import { inferenceModel } from "../../../training/evaluate";

beforeAll(startTiny);

const f32 = (...values: number[]) => Float32Array.from(values);
const closeTo = (values: readonly number[], digits = 6) => values.map((v) => expect.closeTo(v, digits) as number);
const errorOf = (x: Float32Array, basis: Float32Array, low: LowBit) => {
  const levels = levelsOf(basis, basis.length, low);
  return x.reduce((sum, value) => sum + (value - levels[nearestCode(value, levels)]!) ** 2, 0);
};
const onTensors = (x: Float32Array, basis: Float32Array, low: LowBit, decay: number, counts?: Float32Array) =>
  tf.tidy(() => {
    const column = (values: Float32Array) => tf.tensor2d(values, [values.length, 1]);
    const options = { turns: 1, decay, counts: counts && column(counts) };
    return [...followQem(column(x), tf.tensor2d(basis, [1, basis.length]), low, options).dataSync()];
  });

describe("QEM (Zhang et al. 2018, algorithm 1)", () => {
  // x = (-1.2, -0.2, 0.4, 0.8), v = (0.3, 0.6).
  const x = f32(-1.2, -0.2, 0.4, 0.8);
  const v = f32(0.3, 0.6);

  it("levels -0.9, -0.3, 0.3, 0.9, thresholds half way between them", () => {
    const levels = levelsOf(v, 2, -1);
    expect([...levels].sort((a, b) => a - b)).toEqual(closeTo([-0.9, -0.3, 0.3, 0.9]));
    expect(Array.from(x, (value) => levels[nearestCode(value, levels)])).toEqual(closeTo([-0.9, -0.3, 0.3, 0.9]));
    const sides = [-0.61, -0.59, -0.01, 0.01, 0.59, 0.61].map((value) => levels[nearestCode(value, levels)]);
    expect(sides).toEqual(closeTo([-0.9, -0.3, -0.3, 0.3, 0.3, 0.9]));
  });

  it("new numbers (0.35, 0.65), squared error 0.12 -> 0.10, averaged (0.305, 0.605)", () => {
    // B^T B = 4 I, as the codes (-1,-1), (1,-1), (-1,1), (1,1) are orthogonal; B^T x = (1.4, 2.6).
    expect([...qemStep(x, v, -1)]).toEqual(closeTo([0.35, 0.65], 4));
    expect(errorOf(x, v, -1)).toBeCloseTo(0.12, 6);
    expect(errorOf(x, qemStep(x, v, -1), -1)).toBeCloseTo(0.1, 6);
    expect(onTensors(x, v, -1, 0.9)).toEqual(closeTo([0.305, 0.605], 5));
  });

  it("the first guess: 2^j * 0.6745 sqrt(2 / n) / 2^(K - 1)", () => {
    // sqrt(2 / 8) = 0.5: 0.6745 * 0.5 / 2 = 0.168625, and twice that.
    expect([...initialBasis(2, 8)]).toEqual(closeTo([0.168625, 0.33725]));
  });

  /** The definition read aloud: all code words, then least squares by Cramer's rule. */
  function replica(values: Float32Array, basis: Float32Array, low: LowBit): number[] {
    const bits = basis.length;
    const words = Array.from({ length: 2 ** bits }, (_, w) => Array.from(basis, (_v, j) => ((w >> j) & 1 ? 1 : low)));
    const rows = Array.from(values, (value) => {
      const distance = (word: number[]) => Math.abs(value - word.reduce((sum, b, j) => sum + b * basis[j]!, 0));
      return words.reduce((best, word) => (distance(word) < distance(best) ? word : best));
    });
    const dot = (i: number, j: number) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0);
    const gram = Array.from(basis, (_v, i) => Array.from(basis, (_w, j) => dot(i, j) + (i === j ? 1e-4 : 0)));
    const right = Array.from(basis, (_v, i) => rows.reduce((sum, row, n) => sum + row[i]! * values[n]!, 0));
    const determinant = (m: number[][]): number =>
      m.length === 0
        ? 1
        : m[0]!.reduce(
            (sum, a, c) =>
              sum + (c % 2 ? -1 : 1) * a * determinant(m.slice(1).map((row) => row.filter((_, k) => k !== c))),
            0,
          );
    const whole = determinant(gram);
    return right.map((_, j) => determinant(gram.map((row, i) => row.map((a, c) => (c === j ? right[i]! : a)))) / whole);
  }

  it.each([1, 2, 3, 4].flatMap((bits) => ([-1, 0] as const).map((low) => [bits, low] as const)))(
    "is that of an independent replica on random tensors, at %i bits with a low bit of %i",
    (bits, low) => {
      const rng = createRng(bits, `qem${low}`);
      for (let n = 0; n < 4; n++) {
        const values = Float32Array.from({ length: 300 }, () => (low === 0 ? Math.abs(rng.normal()) : rng.normal()));
        const basis = Float32Array.from({ length: bits }, (_, j) => 0.3 * 2 ** j * (0.8 + 0.4 * rng.next()));
        const expected = replica(values, basis, low);
        expect([...qemStep(values, basis, low)]).toEqual(closeTo(expected, 5));
        expect(onTensors(values, basis, low, 0)).toEqual(closeTo(expected, 3));
        expect(errorOf(values, qemStep(values, basis, low), low)).toBeLessThanOrEqual(errorOf(values, basis, low));
      }
    },
  );

  it("removed weights do not count, and a bit that no value sets keeps its number", () => {
    const counts = f32(1, 1, 1, 1, 0, 0);
    expect(onTensors(f32(...x, 9, -9), v, -1, 0, counts)).toEqual(closeTo([0.35, 0.65], 4));
    // All values are nearest to 0 or to 0.3 alone.
    expect([...qemStep(f32(0, 0.25, 0.35), f32(0.3, 5), 0)]).toEqual(closeTo([0.3, 5], 4));
  });
});

const clip: RawClip = { block: "quant.lq-nets", steps: 9, params: { wBits: 2, aBits: 2, images: 40 } };

describe("quant.lq-nets", () => {
  it("the file's network is the trained one bit for bit, with normalization live until the end", async () => {
    const platform = await tinyPlatform();
    const run = await runTiny(tinyDocument([clip]), { platform });
    const { snapshot } = platform.lastKept();
    expect(snapshot.network.nodes.filter(({ op }) => op === "batch-norm")).toHaveLength(2);
    const folded = foldBatchNorm(snapshot);
    const file = decodedOf(run);
    expect(file.network.nodes.filter(({ op }) => op === "batch-norm")).toHaveLength(0);
    for (const name of file.values.keys()) expect(valuesOf(file, name)).toEqual(effectiveOf(folded, name));
    expect([...file.activations]).toEqual([...folded.activations]);
    const x = imageBatch(tinyImages(20, "test"), [1, 2, 3, 4, 5]);
    const models = [file, folded, snapshot].map(inferenceModel);
    const [a, b, live] = tf.tidy(() => models.map((model) => [...model.predict(x).output.dataSync()]));
    expect(a).toEqual(b);
    const scale = Math.max(...a!.map(Math.abs));
    // An activation may cross the middle between two levels by rounding, so that most logits agree, not all.
    const near = live!.filter((logit, i) => Math.abs(logit - a![i]!) < 1e-4 * scale).length;
    expect(near).toBeGreaterThan(0.7 * a!.length);
    x.dispose();
    for (const model of models) model.dispose();
  });

  it("stores K bits and K numbers for each channel, at most 2^K levels in each, and the inputs of each layer", async () => {
    const run = await runTiny(tinyDocument([clip]), { platform: await tinyPlatform() });
    const file = decodedOf(run);
    const { quantizer } = file.states.get("conv2/kernel")!;
    expect(quantizer).toMatchObject({ kind: "basis", bits: 2 });
    expect((quantizer as BasisQuantizer).basis).toHaveLength(2 * 8);
    const kernel = file.values.get("conv2/kernel")!;
    for (let c = 0; c < 8; c++) {
      expect(new Set(kernel.filter((_, i) => i % 8 === c)).size).toBeLessThanOrEqual(4);
    }
    expect([...file.activations].map(([edge, { kind, bits }]) => [edge, kind, bits])).toEqual([
      ["conv1:0", "affine", 8],
      ["conv2:0", "basis", 2],
      ["logits:0", "affine", 8],
    ]);
    const stored = run.result.tensors.find(({ name }) => name === "conv2/kernel")!;
    // 432 codes of 2 bits in 108 bytes, or fewer where Huffman helps; 16 numbers in 64.
    expect(stored.sizeBytes).toBeLessThanOrEqual(108 + 64);
    expect(classify(tinyDocument([{ block: "prune.magnitude", steps: 9 }, clip]))).toEqual(["pq-b-1-3"]);
  });

  it("the levels follow the weights, and learn more than rounding afterwards does", async () => {
    const platform = await tinyPlatform();
    const params = { ...clip.params, aBits: 32 };
    const run = await runTiny(tinyDocument([{ ...clip, steps: 30, params }]), { platform });
    const [first] = run.points;
    const ptq = await runTiny(tinyDocument([{ block: "quant.uniform-kbit", params: { wBits: 2, edgeBits: 8 } }]), {
      platform,
    });
    expect(run.result.final.accuracy).toBeGreaterThan(ptq.result.final.accuracy);
    expect(run.result.final.accuracy).toBeGreaterThan(first!.accuracy - 0.1);
  });

  it("a channel that slimming cuts under it takes its numbers along", async () => {
    const document = tinyDocument([
      { block: "prune.network-slimming", steps: 9, params: { sparsity: 0.4, strength: 0.02 } },
      { ...clip, steps: 12 },
    ]);
    expect(classify(document)).toEqual(["pq-b-2-3"]);
    const platform = await tinyPlatform();
    const run = await runTiny(document, { platform });
    const filters = filtersOf(run);
    expect(filters[0]! + filters[1]!).toBe(8);
    const { quantizer } = decodedOf(run).states.get("conv2/kernel")!;
    expect((quantizer as BasisQuantizer).basis).toHaveLength(2 * filters[1]!);
    const { snapshot } = platform.lastKept();
    const state = snapshot.states.get("conv2/kernel")!;
    expect(effectiveValues(valuesOf(snapshot, "conv2/kernel"), state)).toHaveLength(9 * filters[0]! * filters[1]!);
  });

  it("a run that stops inside it goes on to the same file", async () => {
    const document = tinyDocument([clip, { block: "train.fine-tune", steps: 5 }]);
    const free = await runTiny(document, { platform: await tinyPlatform(), useCache: false });
    const platform = await tinyPlatform();
    const control = new RunControl();
    const observer = { onProgress: (p: { step: number }) => p.step === 7 && control.cancel() };
    await expect(runTiny(document, { platform, control, observer })).rejects.toMatchObject({ code: "cancelled" });
    const resumed = await runTiny(document, { platform });
    expect(resumed.restoredAt).toBe(5);
    expect(resumed.result.artefact.sha256).toBe(free.result.artefact.sha256);
  });

  it("folds at its start where it is told to", async () => {
    const params = { ...clip.params, foldBn: "start" };
    const platform = await tinyPlatform();
    await runTiny(tinyDocument([{ ...clip, steps: 2, params }]), { platform });
    expect(platform.lastKept().snapshot.network.nodes.some(({ op }) => op === "batch-norm")).toBe(false);
  });
});
