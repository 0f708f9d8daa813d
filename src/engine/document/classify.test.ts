import { describe, expect, it } from "vitest";
import { type BlockMeta, defineBlock } from "../blocks/block";
import { blockMeta, isBlockId } from "../blocks/catalog";
import { classify, combinationsOf } from "./classify";
import { tinyDocument } from "./tiny-document.testing";

type Clips = Parameters<typeof tinyDocument>[0];
const combos = (clips: Clips) => classify(tinyDocument(clips));

const prune = (start = 0, steps = 0) => ({ block: "prune.magnitude", start, steps });
const filters = (start = 0) => ({ block: "prune.filter-l1", start });
const ptq = (start = 0) => ({ block: "quant.uniform-kbit", start });
const qat = (start: number, steps: number) => ({ block: "quant.qat-fake-quant", start, steps });
const kd = (start: number, steps: number, teacher = "original") => ({
  block: "distill.kd-logits",
  start,
  steps,
  teacher,
});
const student = (start = 0) => ({ block: "model.replace", start });

describe("classify (Ning et al. 2024, section 2)", () => {
  it.each<[string, Clips, string[]]>([
    ["nothing", [], []],
    ["one method alone", [prune()], []],
    ["an instant pruning where a distillation starts", [filters(), kd(0, 470)], ["pk-a2"]],
    ["prune, then distil from a separate teacher", [prune(), kd(0, 10, "zoo:x")], ["pk-a3"]],
    ["the pruned network teaches a new student", [prune(), student(1), kd(1, 10, "after:c0")], ["pk-a1"]],
    ["distil, then prune", [kd(0, 10), prune(10)], ["pk-b"]],
    ["prune while distilling", [prune(0, 10), kd(0, 20)], ["pk-c1"]],
    ["prune in the middle of a distillation", [prune(5), kd(0, 20)], ["pk-c1"]],
    ["prune while distilling from a separate teacher", [prune(0, 10), kd(0, 20, "zoo:x")], ["pk-c2"]],
    ["distil, prune, distil", [kd(0, 10), prune(10), kd(10, 10)], ["pk-d"]],
    ["quantize, then distil", [ptq(), kd(0, 10)], ["qk-a2"]],
    ["quantize, then distil from a separate teacher", [ptq(), kd(0, 10, "zoo:x")], ["qk-a3"]],
    ["the quantized network teaches a new student", [ptq(), student(1), kd(1, 10, "after:c0")], ["qk-a1"]],
    ["QAT first, distillation later: a quantized network exists", [qat(0, 20), kd(10, 10)], ["qk-a2"]],
    ["the quantizer learned under distillation from its first step", [qat(0, 20), kd(0, 20)], ["qk-b"]],
    ["prune, then quantize", [prune(), ptq(1)], ["pq-a-1-1"]],
    ["prune filters, then quantize", [filters(), ptq(1)], ["pq-a-2-1"]],
    ["prune while quantizing", [prune(0, 10), qat(0, 10)], ["pq-b-1-1"]],
    ["quantize, then prune: the survey has no name for it", [ptq(), prune(1)], []],
    ["prune filters while quantizing", [{ ...filters(), steps: 10 }, qat(0, 10)], ["pq-b-2-1"]],
    ["the array decides between instants of one step", [ptq(), prune()], []],
    ["and the other way round", [prune(), ptq()], ["pq-a-1-1"]],
    ["an instant at a distillation's end comes after it", [prune(10), kd(0, 10)], ["pk-b"]],
    ["taught by the network after its pruning, itself the student", [prune(), kd(0, 10, "after:c0")], ["pk-a2"]],
    ["taught by what came before the pruning", [kd(0, 5), prune(5), kd(5, 5, "after:c0")], ["pk-d"]],
    ["a new student of the original: the pruning is no part of it", [prune(), student(1), kd(1, 10)], []],
    ["distil, then quantize", [kd(0, 10), ptq(10)], []],
    ["the quantizer begins under a distillation", [kd(0, 20), qat(5, 15)], ["qk-b"]],
    ["blocks that are not known do not count", [{ block: "prune.unknown" }, kd(0, 9)], []],
    ["each combination once", [prune(), prune(1), kd(1, 9)], ["pk-a2"]],
    ["all three one after the other", [prune(), kd(0, 10), ptq(10)], ["pk-a2", "pq-a-1-1"]],
    ["all three at once", [prune(0, 9), qat(0, 9), kd(0, 9)], ["pk-c1", "qk-b", "pq-b-1-1"]],
  ])("%s", (_, clips, expected) => expect(combos(clips)).toEqual(expected));
});

describe("what a clip does at once", () => {
  const block = (id: string, fields: Partial<BlockMeta>) =>
    defineBlock({
      id,
      roles: [],
      covers: [id],
      survey: "quantization/uniform",
      citations: [],
      fidelity: "exact",
      length: "either",
      needs: { data: false, labels: false, batchNorm: false, teacher: false },
      traits: {},
      params: {},
      ...fields,
    });
  const fixtures: Record<string, BlockMeta> = {
    "joint.clip": block("joint.clip", { roles: ["prune", "quantize"], traits: { granularity: "unstructured" } }),
    "distill.narrow": block("distill.narrow", { roles: ["quantize", "distill"] }),
    "quant.features": block("quant.features", { quantizesInTraining: "features" }),
    "quant.gradients": block("quant.gradients", { quantizesInTraining: "gradients" }),
  };
  const combosOf = (clips: Clips) =>
    combinationsOf(
      tinyDocument(clips).clips.map((clip, place) => ({
        clip,
        place,
        meta: isBlockId(clip.block) ? blockMeta(clip.block) : fixtures[clip.block]!,
      })),
    );
  const span = (id: string, start = 0) => ({ block: id, start, steps: 10 });

  it.each<[string, Clips, string[]]>([
    ["prunes and quantizes", [span("joint.clip")], ["pq-b-1-1"]],
    ["prunes and quantizes, and is distilled into", [span("joint.clip"), kd(0, 10)], ["pk-c1", "qk-b", "pq-b-1-1"]],
    ["quantizes and distils", [span("distill.narrow")], ["qk-b"]],
    ["quantizes feature maps in training, and distils", [span("quant.features"), kd(10, 10)], ["qk-a2"]],
    ["a pruned network is not joined with what no file holds", [prune(), span("quant.features")], []],
    ["gradients of few bits are no method of the network", [prune(), span("quant.gradients"), kd(0, 10)], ["pk-a2"]],
  ])("%s", (_, clips, expected) => expect(combosOf(clips)).toEqual(expected));
});
