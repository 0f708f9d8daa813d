/** The parameters that every pruner with rounds has. Light: metadata reads it. */
import { choice, type IdleRule, number } from "../../params";

/** Every pruner has it: `run/accuracy-guard.ts` acts on it. 1 is no guard. */
export const guardParams = {
  accuracyGuard: number({ min: 0, max: 1, default: 1, step: 0.005, unit: "fraction" }),
} as const;

/** All at once has no rounds. */
const allAtOnce: IdleRule = { when: "schedule", is: ["one-shot"], why: "schedule" };

export const scheduleParams = {
  schedule: choice(["one-shot", "iterative", "agp"], "one-shot", { ofInstants: "one-shot" }),
  rounds: number({ min: 1, max: 20, default: 5, integer: true, unit: "rounds", idle: [allAtOnce] }),
  growth: choice(["linear", "geometric"], "linear", {
    idle: [allAtOnce, { when: "schedule", unless: ["iterative"], why: "growth" }],
  }),
  endFraction: number({ min: 0.05, max: 1, default: 0.5, unit: "fraction", idle: [allAtOnce] }),
  ...guardParams,
} as const;
