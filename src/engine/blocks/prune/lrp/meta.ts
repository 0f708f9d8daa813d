import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.lrp",
  roles: ["prune"],
  covers: ["prune.lrp"],
  survey: "pruning/relevance",
  citations: ["lrp"],
  // The rules are the cited ones; how relevances of images and places become one score is ours.
  fidelity: "reconstructed",
  length: "either",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    ...structuredParams,
    rule: choice(["epsilon", "z-plus"], "epsilon"),
    epsilon: number({
      min: 1e-6,
      max: 0.25,
      default: 1e-6,
      step: 1e-6,
      scale: "log",
      idle: [{ when: "rule", is: ["z-plus"], why: "rule" }],
    }),
    start: choice(["label", "prediction"], "label"),
    images: number({ min: 1, max: 5000, default: 512, integer: true, unit: "images" }),
  },
});
