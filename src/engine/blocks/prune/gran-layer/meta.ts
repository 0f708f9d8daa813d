import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.gran-layer",
  roles: ["prune"],
  covers: ["prune.gran-layer"],
  survey: "pruning/layer",
  citations: ["survey"],
  fidelity: "reconstructed",
  length: "either",
  needs: { data: true, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    count: number({ min: 1, max: 16, default: 1, integer: true }),
    score: choice(["relative-change", "accuracy"], "relative-change"),
    images: number({ min: 1, max: 5000, default: 256, integer: true, unit: "images" }),
    endFraction: number({ min: 0.05, max: 1, default: 0.5, unit: "fraction" }),
    ...guardParams,
  },
});
