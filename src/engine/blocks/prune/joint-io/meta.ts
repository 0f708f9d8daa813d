import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.joint-io",
  roles: ["prune"],
  covers: ["prune.joint-io"],
  survey: "pruning/regularization",
  citations: ["joint-io"],
  fidelity: "reconstructed",
  length: "span",
  needs: { data: true, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    ...structuredParams,
    schedule: choice(["one-shot", "iterative", "agp"], "iterative", { ofInstants: "one-shot" }),
    strength: number({ min: 0, max: 0.1, default: 0.001, step: 0.0005 }),
  },
});
