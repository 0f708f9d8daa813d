import { defineBlock } from "../../block";
import { number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.nas-morphism",
  roles: ["prune"],
  covers: ["prune.nas-morphism"],
  survey: "pruning/layer",
  citations: ["survey"],
  fidelity: "reconstructed",
  length: "span",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    population: number({ min: 2, max: 8, default: 4, integer: true }),
    generations: number({ min: 1, max: 10, default: 4, integer: true }),
    ratio: number({ min: 0.05, max: 0.75, default: 0.25, unit: "fraction" }),
    budget: number({ min: 0.05, max: 1, default: 0.5, unit: "fraction" }),
    penalty: number({ min: 0, max: 10, default: 1 }),
    targets: structuredParams.targets,
    ...guardParams,
  },
});
