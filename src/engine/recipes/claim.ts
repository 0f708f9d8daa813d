/**
 * Claims of a recipe and their judgement from paired runs: every arm with the same seeds. A verdict is about this
 * machine's runs of stand-in tasks, not about the paper.
 */
import { EngineError } from "../core/errors";
import type { Point } from "../run/measure";
import { merit, type MetricId } from "../tasks/metrics/catalogue";
import { figureOf, meritOf } from "../tasks/metrics/scores";

/** Figures of a point that are no score, and whether more of them is better. */
const sizes = {
  compressionRatio: "higher",
  sizeBytes: "lower",
  fileBytes: "lower",
  parameters: "lower",
  nonZero: "lower",
  macs: "lower",
  bops: "lower",
  latencyMs: "lower",
} as const;
export type ClaimMetric = MetricId | keyof typeof sizes;

export const isSize = (metric: ClaimMetric): metric is keyof typeof sizes => Object.hasOwn(sizes, metric);

/** What must be alike in the arms for a claim to be judged: trained steps, bytes within 2 %, the score within its margin. */
export type Given = "equal steps" | "equal bits" | "equal accuracy";

/**
 * - `difference`: the first arm is better than the second by `margin`
 * - `ratio`: the first arm's figure is `margin` times the second's, or more
 * - `threshold`: the arm reaches `margin`
 * - `order`: each arm is better than the next by `margin`
 * - `spread`: between the best and the worst arm lies `margin` at most
 * - `describe`: the figures are reported, and nothing is claimed
 */
export interface Claim {
  readonly kind: "difference" | "ratio" | "threshold" | "order" | "spread" | "describe";
  readonly metric: ClaimMetric;
  /** Names; two of a difference and a ratio, one of a threshold, two or more of an order and a spread. */
  readonly arms: readonly string[];
  /** Where it is read: at the run's end, before its first clip, or at the end of a clip. */
  readonly point: "final" | "original" | `after:${string}`;
  /** In the metric's unit (a share as a fraction); of a ratio a factor above 1. */
  readonly margin: number;
  /** Expected in every seed, in the mean, or of the order of what seeds differ by. */
  readonly strength: "strong" | "medium" | "weak";
  readonly given: readonly Given[];
}

export type Verdict = "reproduced" | "inconclusive" | "contradicted" | "described";

/** What an arm came to with one seed, at the claim's point. */
export interface ArmFigures {
  readonly value: number;
  readonly trainedSteps: number;
  readonly sizeBytes: number;
  /** The main figure, more is better. */
  readonly merit: number;
}

/** @throws EngineError `unknown-recipe` where the point has no such figure */
export function armFigures(metric: ClaimMetric, point: Point, steps: number): ArmFigures {
  const value = isSize(metric) ? point[metric] : figureOf(point, metric);
  if (value === undefined || value === null) {
    throw new EngineError("unknown-recipe", `expected a figure '${metric}' at step ${point.step}, got none`);
  }
  return { value, trainedSteps: steps, sizeBytes: point.sizeBytes, merit: meritOf(point) };
}

export interface Judgement {
  readonly verdict: Verdict;
  /** For each seed what is judged: by how much the claim is met (difference, order: the closest pair), else the figure. */
  readonly values: readonly number[];
  readonly mean: number;
  /** What was to be alike and is not: then nothing is judged. */
  readonly unmet: readonly Given[];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the seeds at least two thirds. */
const most = (values: readonly number[], is: (value: number) => boolean): boolean =>
  3 * values.filter(is).length >= 2 * values.length;

/** More is better. */
const turned = (metric: ClaimMetric, value: number): number =>
  isSize(metric) ? (sizes[metric] === "higher" ? value : -value) : merit(metric, value);

/**
 * `reproduced` if the mean is at least the margin and two thirds of the differences are positive, `contradicted` if it is
 * so with the signs turned, `inconclusive` otherwise.
 * @param margin >= 0
 */
export function judgeDifferences(differences: readonly number[], margin: number): Exclude<Verdict, "described"> {
  const enough = (sign: 1 | -1) => sign * mean(differences) >= margin && most(differences, (d) => sign * d > 0);
  return enough(1) ? "reproduced" : enough(-1) ? "contradicted" : "inconclusive";
}

/** @param seeds of each seed the figures of the claim's arms, in their order; at least one seed */
export function judge(claim: Claim, seeds: readonly (readonly ArmFigures[])[]): Judgement {
  const unmet = claim.given.filter((given) => !seeds.every((arms) => alike(given, arms, claim)));
  const { values, verdict } = judged(claim, seeds);
  return { verdict: unmet.length > 0 ? "inconclusive" : verdict, values, mean: mean(values), unmet };
}

function judged(
  { kind, metric, margin }: Claim,
  seeds: readonly (readonly ArmFigures[])[],
): { readonly values: readonly number[]; readonly verdict: Verdict } {
  const merits = seeds.map((arms) => arms.map(({ value }) => turned(metric, value)));
  const gaps = (pair: number) => merits.map((arms) => arms[pair]! - arms[pair + 1]!);
  switch (kind) {
    case "difference":
      return { values: gaps(0), verdict: judgeDifferences(gaps(0), margin) };
    case "ratio": {
      const ratios = seeds.map((arms) => arms[0]!.value / arms[1]!.value);
      // Factors are alike on a log scale: half is as far from 1 as twice.
      return { values: ratios, verdict: judgeDifferences(ratios.map(Math.log), Math.log(margin)) };
    }
    case "threshold": {
      const values = seeds.map((arms) => arms[0]!.value);
      const beyond = merits.map((arms) => arms[0]! - turned(metric, margin));
      return { values, verdict: side(beyond) };
    }
    case "order": {
      const pairs = Array.from({ length: merits[0]!.length - 1 }, (_, pair) => gaps(pair));
      const verdicts = pairs.map((differences) => judgeDifferences(differences, margin));
      return {
        values: merits.map((_, seed) => Math.min(...pairs.map((differences) => differences[seed]!))),
        verdict: verdicts.includes("contradicted")
          ? "contradicted"
          : verdicts.includes("inconclusive")
            ? "inconclusive"
            : "reproduced",
      };
    }
    case "spread": {
      const values = merits.map((arms) => Math.max(...arms) - Math.min(...arms));
      return { values, verdict: side(values.map((value) => margin - value)) };
    }
    case "describe":
      return { values: seeds.map((arms) => mean(arms.map(({ value }) => value))), verdict: "described" };
  }
}

/** By the sign alone: what is to be reached has no margin around it. */
function side(beyond: readonly number[]): Verdict {
  if (mean(beyond) >= 0 && most(beyond, (b) => b >= 0)) return "reproduced";
  return mean(beyond) < 0 && most(beyond, (b) => b < 0) ? "contradicted" : "inconclusive";
}

/** Bytes may differ by so much (methods compare at equal size), scores by this where the claim's margin is no score's. */
const byteTolerance = 0.02;
const scoreTolerance = 0.005;

function alike(given: Given, arms: readonly ArmFigures[], { metric, margin }: Claim): boolean {
  const range = (of: (figures: ArmFigures) => number) => {
    const all = arms.map(of);
    return [Math.min(...all), Math.max(...all)] as const;
  };
  switch (given) {
    case "equal steps": {
      const [least, largest] = range(({ trainedSteps }) => trainedSteps);
      return least === largest;
    }
    case "equal bits": {
      const [least, largest] = range(({ sizeBytes }) => sizeBytes);
      return largest - least <= byteTolerance * largest;
    }
    case "equal accuracy": {
      const [least, largest] = range((figures) => figures.merit);
      return largest - least <= (isSize(metric) ? scoreTolerance : margin) + 1e-9;
    }
  }
}

/** Of several claims: reproduced where all are, contradicted where one is; those that only describe do not count. */
export function overall(verdicts: readonly Verdict[]): Verdict {
  const claimed = verdicts.filter((verdict) => verdict !== "described");
  if (claimed.length === 0) return "described";
  if (claimed.includes("contradicted")) return "contradicted";
  return claimed.includes("inconclusive") ? "inconclusive" : "reproduced";
}
