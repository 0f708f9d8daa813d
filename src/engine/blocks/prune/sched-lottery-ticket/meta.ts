import { learningRateSchedules } from "../../../document/learning-rate";
import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.sched-lottery-ticket",
  roles: ["prune"],
  covers: ["prune.sched-lottery-ticket"],
  survey: "pruning/iterative",
  citations: ["lottery-ticket"],
  fidelity: "exact",
  length: "span",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "unstructured" },
  params: {
    rounds: number({ min: 1, max: 20, default: 5, integer: true, unit: "rounds" }),
    perRound: number({ min: 0.01, max: 0.9, default: 0.2, unit: "fraction" }),
    outputPerRound: number({ min: 0, max: 0.9, default: 0.1, unit: "fraction" }),
    rewindStep: number({ min: 0, max: 100_000, default: 0, integer: true, unit: "steps" }),
    reset: choice(["weights", "learning-rate", "random"], "weights"),
    optimizer: choice(["adam", "sgd"], "adam"),
    learningRate: number({ min: 1e-6, max: 1, default: 0.001, step: 1e-6, unit: "rate", scale: "log" }),
    learningRateSchedule: choice(learningRateSchedules, "cosine"),
    momentum: number({
      min: 0,
      max: 0.999,
      default: 0.9,
      unit: "fraction",
      idle: [{ when: "optimizer", is: ["adam"], why: "momentum" }],
    }),
    ...guardParams,
  },
});
