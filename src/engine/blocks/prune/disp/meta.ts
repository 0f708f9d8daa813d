import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams, scheduleParams } from "../../shared/pruning/pruning-schedule-params";
import { structuredParams } from "../../shared/pruning/structured-pruning-params";

export const meta = defineBlock({
  id: "prune.disp",
  roles: ["prune"],
  covers: ["prune.disp"],
  survey: "pruning/transformer",
  citations: ["disp-dkd"],
  fidelity: "stand-in",
  length: "either",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    perRound: number({ min: 0, max: 0.5, default: 0.1, unit: "fraction" }),
    rounds: scheduleParams.rounds,
    endFraction: scheduleParams.endFraction,
    targets: choice(["filters", "filters-and-units", "units"], "filters-and-units"),
    // 16 batches of 32.
    images: number({ min: 1, max: 8192, default: 512, integer: true, unit: "images" }),
    roundTo: structuredParams.roundTo,
    ...guardParams,
  },
});
