/** For tests only: for every code that `validate` knows, a document that has that finding. */
import { type RawClip, tinyDocument } from "../../engine/document/tiny-document.testing";
import type { TimelineDocument } from "../../engine/document/document";
import type { FindingCode } from "../../engine/document/finding";

const kd: RawClip = { block: "distill.kd-logits", steps: 5, teacher: "original" };
const tune: RawClip = { block: "train.fine-tune", steps: 9 };
const replaced: RawClip[] = [
  { block: "prune.magnitude", steps: 2 },
  { block: "model.replace", start: 2 },
];

export const documentsWith: Readonly<Record<FindingCode, readonly TimelineDocument[]>> = {
  "unknown-block": [tinyDocument([{ block: "prune.nothing" }])],
  "unknown-network": [tinyDocument([], { model: { source: "build:nothing" } })],
  "duplicate-id": [
    tinyDocument([
      { ...tune, id: "x" },
      { ...kd, id: "x" },
      { ...kd, id: "x-2" },
      { ...tune, id: "x" },
    ]),
  ],
  "invalid-params": [
    tinyDocument([{ block: "prune.magnitude", steps: 5, params: { sparsity: 1 } }]),
    tinyDocument([{ block: "prune.magnitude", steps: 5, params: { sparsity: "much" } }]),
    tinyDocument([{ block: "prune.magnitude", steps: 5, params: { scope: "sideways" } }]),
    tinyDocument([{ block: "prune.magnitude", steps: 5, params: { sparcity: 0.5 } }]),
    tinyDocument([{ block: "prune.filter-l1", steps: 5, params: { roundTo: 1.5 } }]),
  ],
  "needs-length": [tinyDocument([{ block: "train.fine-tune" }]), tinyDocument([{ block: "train.fine-tune" }, kd])],
  "needs-instant": [tinyDocument([{ block: "quant.uniform-kbit", steps: 3 }])],
  "schedule-needs-length": [tinyDocument([{ block: "prune.magnitude", params: { schedule: "agp" } }, tune])],
  "missing-teacher": [tinyDocument([{ block: "distill.kd-logits", steps: 5 }])],
  "unused-teacher": [tinyDocument([{ block: "prune.magnitude", steps: 5, teacher: "original" }])],
  "teacher-unknown-clip": [tinyDocument([{ ...kd, teacher: "after:nobody" }])],
  "teacher-not-ready": [
    tinyDocument([{ ...kd, teacher: "after:c1" }, tune]),
    tinyDocument([{ ...kd, teacher: "after:c0" }]),
  ],
  "teacher-unsupported": [tinyDocument([{ ...kd, teacher: "peer" }])],
  "unknown-reference": [tinyDocument([{ ...kd, teacher: "zoo:nothing" }])],
  "layer-width": [
    tinyDocument([{ block: "prune.magnitude", steps: 5, layers: { conv1: { wBits: 4 } } }]),
    tinyDocument([{ block: "quant.uniform-kbit", layers: { conv1: { aBits: 4 }, conv2: { wBits: 4 } } }, tune]),
  ],
  "same-values": [
    tinyDocument([
      { block: "quant.qat-fake-quant", steps: 5 },
      { block: "quant.qat-fake-quant", start: 2, steps: 5 },
    ]),
  ],
  "prune-after-quantize": [
    tinyDocument([{ block: "quant.uniform-kbit" }, { block: "prune.magnitude", start: 1, steps: 4 }]),
    tinyDocument([{ block: "quant.uniform-kbit" }, { block: "prune.magnitude" }, kd]),
    tinyDocument([
      { block: "quant.qat-fake-quant", steps: 4 },
      { block: "prune.magnitude", start: 4, steps: 4 },
    ]),
  ],
  "normalization-folded": [
    tinyDocument([
      { block: "prune.network-slimming", steps: 8 },
      { block: "quant.qat-fake-quant", steps: 8 },
    ]),
    tinyDocument([{ block: "quant.uniform-kbit" }, { block: "prune.network-slimming", steps: 4 }]),
  ],
  "quantize-without-recovery": [tinyDocument([{ block: "quant.uniform-kbit", params: { wBits: 2 } }])],
  "prune-without-recovery": [
    tinyDocument([
      { block: "prune.magnitude", start: 3 },
      { ...kd, steps: 3 },
    ]),
  ],
  "hot-labels-few-bits": [
    tinyDocument([
      { block: "quant.qat-fake-quant", steps: 5, params: { wBits: 2 } },
      { ...kd, params: { temperature: 5 } },
    ]),
  ],
  gap: [
    tinyDocument([{ ...tune, start: 3 }]),
    tinyDocument([tune, { block: "quant.uniform-kbit", start: 12 }, { ...tune, start: 20 }]),
  ],
  "many-points": [tinyDocument([{ ...tune, steps: 1_000_000 }], { evaluateEvery: 1 })],
  "too-many-samples": [tinyDocument([{ ...kd, samples: 300 }], { dataset: { id: "file:data", train: 200 } })],
  "model-discards": [
    tinyDocument([...replaced, { ...tune, start: 2 }]),
    tinyDocument([...replaced, { ...kd, start: 2 }]),
  ],
  "untrained-source": [tinyDocument([], { model: { source: "build:cnn-s" } })],
};
