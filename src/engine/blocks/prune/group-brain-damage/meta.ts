import { defineBlock } from "../../block";
import { number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.group-brain-damage",
  roles: ["prune"],
  covers: ["prune.group-brain-damage"],
  survey: "pruning/group",
  citations: ["group-brain-damage"],
  fidelity: "exact",
  length: "span",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    strength: number({ min: 0, max: 0.1, default: 0.001, step: 0.0001 }),
    perRound: number({ min: 0.005, max: 0.5, default: 0.05, step: 0.005, unit: "fraction" }),
    rounds: number({ min: 1, max: 40, default: 10, integer: true, unit: "rounds" }),
    endFraction: number({ min: 0.05, max: 1, default: 0.8, unit: "fraction" }),
    keepPositions: number({ min: 1, max: 25, default: 5, integer: true }),
    ...guardParams,
  },
});
