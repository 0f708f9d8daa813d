import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.pp-res",
  roles: ["prune"],
  covers: ["prune.pp-res"],
  survey: "pruning/learned-score",
  // PPCD-GAN is in the survey's tables, not in its list of references.
  citations: ["survey"],
  fidelity: "stand-in",
  length: "span",
  needs: { data: true, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    aim: choice(["sparsity", "strength"], "sparsity"),
    sparsity: number({
      min: 0,
      max: 0.95,
      default: 0.65,
      unit: "fraction",
      idle: [{ when: "aim", is: ["strength"], why: "aim" }],
    }),
    strength: number({ min: 0, max: 100, default: 1, step: 0.1 }),
    steepness: number({ min: 1, max: 200, default: 50, step: 1 }),
    // Below 1: the last step at least trains what is left afterwards.
    hardFrom: number({ min: 0, max: 0.95, default: 0.3, unit: "fraction" }),
    initialScore: number({ min: 0.01, max: 5, default: 0.5, step: 0.01 }),
    scoreRate: number({ min: 1, max: 200, default: 10, step: 1, scale: "log" }),
    targets: structuredParams.targets,
    ...guardParams,
  },
});
