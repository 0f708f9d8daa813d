import { defineBlock } from "../../block";
import { choice } from "../../params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.filter-l1",
  roles: ["prune"],
  covers: ["prune.filter-l1", "prune.gran-filter", "prune.gran-channel", "prune.gran-neuron"],
  survey: "pruning/filter",
  citations: ["filter-l1", "yolo-face-mask"],
  fidelity: "exact",
  length: "either",
  needs: { data: false, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    ...structuredParams,
    weights: choice(["raw", "bn-folded"], "raw"),
  },
});
