/** How a pruner reaches its target over the rounds of a clip: one-shot, iterative, gradual (AGP). */
import { EngineError } from "../core/errors";
import type { ClipRun } from "./block";

export interface PruningSchedule {
  readonly schedule: "one-shot" | "iterative" | "agp";
  readonly rounds: number;
  readonly growth: "linear" | "geometric";
  readonly endFraction: number;
}

/**
 * Sparsity that decision `round` (from 0) of `rounds` aims at, with p = (round + 1) / rounds.
 * - iterative, linear: `s p`; geometric: `1 - (1 - s)^p`, an equal fraction of what is left each time (Han et al. 2015)
 * - agp: `s (1 - (1 - p)^3)` (Zhu and Gupta 2017)
 */
export function scheduledSparsity(
  target: number,
  round: number,
  { schedule, rounds, growth }: PruningSchedule,
): number {
  if (schedule === "one-shot") return target;
  const p = (round + 1) / rounds;
  if (schedule === "agp") return target * (1 - (1 - p) ** 3);
  return growth === "linear" ? target * p : 1 - (1 - target) ** p;
}

/** The rounds of a clip. @throws EngineError `invalid-params` for a schedule of several rounds on an instant */
export function pruningRounds(steps: number, settings: PruningSchedule): NonNullable<ClipRun["rounds"]> {
  if (settings.schedule === "one-shot") return { count: 1, endFraction: settings.endFraction };
  if (steps === 0) {
    throw new EngineError(
      "invalid-params",
      `schedule ${settings.schedule} expected a clip with length, got an instant; give it steps or choose one-shot`,
    );
  }
  return { count: settings.rounds, endFraction: settings.endFraction };
}
