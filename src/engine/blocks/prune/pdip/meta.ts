import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams, scheduleParams } from "../../shared/pruning/pruning-schedule-params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.pdip",
  roles: ["prune"],
  covers: ["prune.pdip"],
  survey: "pruning/learned-score",
  citations: ["kdip"],
  fidelity: "stand-in",
  length: "span",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    perRound: number({ min: 0, max: 0.5, default: 0.15, unit: "fraction" }),
    rounds: { ...scheduleParams.rounds, default: 3 },
    // Of the mean score, so that it does not depend on how many there are. The paper's long training makes do with 1e-2 of
    // their sum; in a few dozen steps a weak pull leaves scores that follow the noise of the loss.
    strength: number({ min: 0, max: 10, default: 1, step: 0.05 }),
    // The optimizer moves a score by about its learning rate in a step; a round is short.
    scoreRate: number({ min: 1, max: 200, default: 20, step: 1, scale: "log" }),
    targets: choice(["filters", "filters-and-units", "units"], "filters-and-units"),
    roundTo: structuredParams.roundTo,
    ...guardParams,
  },
});
