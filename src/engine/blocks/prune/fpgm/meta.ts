import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.fpgm",
  roles: ["prune"],
  covers: ["prune.fpgm"],
  survey: "pruning/norm",
  citations: ["fpgm"],
  fidelity: "exact",
  length: "either",
  needs: { data: false, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    ...structuredParams,
    // He et al. 2019 remove 30 or 40 % of each layer.
    sparsity: number({ min: 0, max: 0.95, default: 0.4, unit: "fraction" }),
    distance: choice(["l2", "l1"], "l2"),
  },
});
