import { defineBlock } from "../../block";
import { choice } from "../../params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.filter-l2",
  roles: ["prune"],
  covers: ["prune.filter-l2"],
  survey: "pruning/norm",
  citations: ["sfp"],
  fidelity: "exact",
  length: "either",
  needs: { data: false, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    ...structuredParams,
    weights: choice(["raw", "bn-folded"], "raw"),
  },
});
