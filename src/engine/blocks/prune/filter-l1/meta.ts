import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { scheduleParams } from "../../shared/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.filter-l1",
  kind: "prune",
  covers: ["prune.filter-l1", "prune.gran-filter", "prune.gran-channel", "prune.gran-neuron"],
  survey: "pruning/filter",
  citations: ["filter-l1", "yolo-face-mask"],
  fidelity: "exact",
  length: "either",
  needs: { data: false, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    sparsity: number({ min: 0, max: 0.95, default: 0.5, unit: "fraction" }),
    scope: choice(["local", "global"], "local"),
    targets: choice(["filters", "filters-and-units", "units"], "filters"),
    weights: choice(["raw", "bn-folded"], "raw"),
    roundTo: number({ min: 1, max: 64, default: 1, integer: true }),
    ...scheduleParams,
  },
});
