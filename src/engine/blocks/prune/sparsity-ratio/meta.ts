import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.sparsity-ratio",
  roles: ["prune"],
  covers: ["prune.sparsity-ratio"],
  survey: "pruning/sparsity-ratio",
  citations: ["speech-compactness"],
  fidelity: "reconstructed",
  length: "either",
  needs: { data: false, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    ...structuredParams,
    choose: choice(["threshold", "fraction"], "threshold"),
    threshold: number({ min: 0.5, max: 1, default: 0.75, unit: "fraction" }),
    meanOver: choice(["layer", "channel"], "layer"),
  },
});
