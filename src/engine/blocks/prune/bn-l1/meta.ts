import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.bn-l1",
  roles: ["prune"],
  covers: ["prune.bn-l1"],
  survey: "pruning/batch-norm",
  citations: ["yao-segmentation", "network-slimming"],
  fidelity: "reconstructed",
  length: "either",
  needs: { data: false, labels: false, batchNorm: true, teacher: false },
  traits: { granularity: "structured" },
  params: {
    ...structuredParams,
    // One round of the source's loop; the scales of all layers are ranked together, as network slimming does.
    sparsity: number({ min: 0, max: 0.95, default: 0.15, unit: "fraction" }),
    scope: choice(["local", "global"], "global"),
  },
});
