import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.sched-layerwise",
  roles: ["prune"],
  covers: ["prune.sched-layerwise"],
  survey: "pruning/schedule",
  citations: ["survey", "filter-l1"],
  fidelity: "reconstructed",
  length: "either",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    delta: number({ min: 0.01, max: 0.5, default: 0.125, unit: "fraction" }),
    maximumDrop: number({ min: 0, max: 1, default: 0.005, step: 0.005, unit: "fraction" }),
    stepsPerLayer: number({ min: 1, max: 5000, default: 60, integer: true, unit: "steps" }),
    order: choice(["forward", "sensitivity"], "forward"),
    targets: structuredParams.targets,
    roundTo: structuredParams.roundTo,
    ...guardParams,
  },
});
