/**
 * The cross-entropy method (Rubinstein 1999) over bits: each decision has a logit for each width, a generation of plans
 * is drawn from their softmax, and the logits follow the best of it. Pure code on plain arrays.
 */
import type { Rng } from "../../../core/rng";

/** `[decision][bits - bMin]` */
export type BitLogits = readonly (readonly number[])[];

/** Plans of a generation, and how many of the best are followed. */
export const populationOf = (episodes: number): number => Math.max(2, Math.min(8, Math.ceil(episodes / 5)));
export const elitesOf = (population: number): number => Math.max(1, Math.round(population / 4));

/** Share of the way that probabilities go towards the elites' at each generation. */
const rate = 0.7;

/** Standard deviation, in bits, of the first plans around the width that they are drawn around. */
const spread = 1.5;

/** Normal around `centre`: most plans that are drawn cost about what it costs everywhere. */
export const logitsAround = (centre: number, decisions: number, bMin: number, bMax: number): BitLogits =>
  Array.from({ length: decisions }, () =>
    Array.from({ length: bMax - bMin + 1 }, (_, k) => -((bMin + k - centre) ** 2) / (2 * spread ** 2)),
  );

export function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** One width for each decision. */
export function drawBits(logits: BitLogits, bMin: number, rng: Rng): number[] {
  return logits.map((row) => {
    const probabilities = softmax(row);
    let left = rng.next();
    for (let k = 0; k < probabilities.length; k++) {
      left -= probabilities[k]!;
      if (left < 0) return bMin + k;
    }
    return bMin + probabilities.length - 1;
  });
}

/**
 * The logits after a generation: `log((1 - rate) p + rate f)`. f is how often the elites chose a width, a half of each
 * choice spread over its two neighbours, as a width near a good one is likely good.
 */
export function follow(logits: BitLogits, elites: readonly (readonly number[])[], bMin: number): BitLogits {
  return logits.map((row, d) => {
    const frequencies = new Array<number>(row.length).fill(0);
    for (const bits of elites) {
      const at = bits[d]! - bMin;
      const near = [at - 1, at + 1].filter((k) => k >= 0 && k < row.length);
      frequencies[at]! += (1 - 0.25 * near.length) / elites.length;
      for (const k of near) frequencies[k]! += 0.25 / elites.length;
    }
    return softmax(row).map((p, k) => Math.log(Math.max(Number.MIN_VALUE, (1 - rate) * p + rate * frequencies[k]!)));
  });
}
