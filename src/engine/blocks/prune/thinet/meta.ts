import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.thinet",
  roles: ["prune"],
  covers: ["prune.thinet"],
  survey: "pruning/reconstruction",
  citations: ["thinet"],
  fidelity: "exact",
  length: "either",
  needs: { data: true, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    ...structuredParams,
    images: number({ min: 1, max: 5000, default: 300, integer: true, unit: "images" }),
    samplesPerImage: number({ min: 1, max: 100, default: 10, integer: true }),
    rescale: choice(["least-squares", "none"], "least-squares"),
  },
});
