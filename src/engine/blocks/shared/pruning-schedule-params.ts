/** The parameters that every pruner with rounds has. Light: metadata reads it. */
import { choice, number } from "../params";

export const scheduleParams = {
  schedule: choice(["one-shot", "iterative", "agp"], "one-shot"),
  rounds: number({ min: 1, max: 20, default: 5, integer: true, unit: "rounds" }),
  growth: choice(["linear", "geometric"], "linear"),
  endFraction: number({ min: 0.05, max: 1, default: 0.5, unit: "fraction" }),
} as const;
