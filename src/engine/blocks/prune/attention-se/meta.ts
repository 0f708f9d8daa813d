import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.attention-se",
  roles: ["prune"],
  covers: ["prune.attention-se"],
  survey: "pruning/attention",
  citations: ["bridge-kd"],
  fidelity: "reconstructed",
  length: "either",
  needs: { data: true, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    ...structuredParams,
    scope: choice(["local", "global"], "global"),
    images: number({ min: 1, max: 5000, default: 512, integer: true, unit: "images" }),
    weighting: choice(["gate", "gate-times-activation"], "gate"),
  },
});
