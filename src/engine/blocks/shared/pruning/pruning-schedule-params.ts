/** The parameters that every pruner with rounds has. Light: metadata reads it. */
import { choice, number } from "../../params";

/** Every pruner has it: `run/accuracy-guard.ts` acts on it. 1 is no guard. */
export const guardParams = {
  accuracyGuard: number({ min: 0, max: 1, default: 1, step: 0.005, unit: "fraction" }),
} as const;

export const scheduleParams = {
  schedule: choice(["one-shot", "iterative", "agp"], "one-shot"),
  rounds: number({ min: 1, max: 20, default: 5, integer: true, unit: "rounds" }),
  growth: choice(["linear", "geometric"], "linear"),
  endFraction: number({ min: 0.05, max: 1, default: 0.5, unit: "fraction" }),
  ...guardParams,
} as const;
