/** Where a quantizer's range ends: min-max, a percentile, or the smallest squared error. Pure functions on arrays. */
import { roundHalfEven, uniformLevels } from "../../../core/effective";
import type { ActivationSample } from "../../block";
import { type AffineQuantizer, affineRange } from "../../../quantizers/activations/affine";

export type Calibration = "minmax" | "percentile" | "mse";

/** How many clips the `mse` search tries, evenly in [0.2, 1] of the largest magnitude. */
const mseGrid = 100;
const mseLowest = 0.2;

/** Percentile `p` in [0, 100] with linear interpolation between order statistics; `sorted` ascending, not empty. */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  const place = (p / 100) * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below);
}

/** Sum of squared errors of the symmetric quantizer with range [-clip, clip] on `values`. */
export function symmetricError(values: ArrayLike<number>, clip: number, levels: number): number {
  const scale = clip / levels;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const q = Math.max(-levels, Math.min(levels, roundHalfEven(values[i]! / scale)));
    sum += (q * scale - values[i]!) ** 2;
  }
  return sum;
}

/** The clip of `clips` with the smallest error; ties take the larger clip. */
export function bestClip(clips: readonly number[], error: (clip: number) => number): number {
  let best = clips.at(-1)!;
  let least = error(best);
  for (let k = clips.length - 2; k >= 0; k--) {
    const e = error(clips[k]!);
    if (e < least) [best, least] = [clips[k]!, e];
  }
  return best;
}

const grid = Array.from({ length: mseGrid }, (_, k) => mseLowest + ((1 - mseLowest) * (k + 1)) / mseGrid);

/** Clip as a fraction of the largest |w|, in (0, 1]. Zeros (pruned weights) do not count. */
export function symmetricClip(weights: Float32Array, bits: number, calibration: Calibration, percent: number): number {
  if (calibration === "minmax") return 1;
  const magnitudes = weights.map(Math.abs).filter((m) => m > 0);
  if (magnitudes.length === 0) return 1;
  magnitudes.sort();
  const max = magnitudes.at(-1)!;
  if (calibration === "percentile") return Math.max(percentile(magnitudes, percent) / max, Number.EPSILON);
  const levels = uniformLevels(bits);
  return bestClip(grid, (fraction) => symmetricError(magnitudes, fraction * max, levels));
}

/** Sum of squared errors of an affine quantizer on `values`. */
export function activationError(values: Float32Array, { bits, scale, zeroPoint }: AffineQuantizer): number {
  const top = 2 ** bits - 1;
  let sum = 0;
  for (const value of values) {
    const q = Math.max(0, Math.min(top, roundHalfEven(value / scale) + zeroPoint));
    sum += ((q - zeroPoint) * scale - value) ** 2;
  }
  return sum;
}

/** The affine quantizer of a node's outputs. */
export function activationQuantizer(
  sample: ActivationSample,
  bits: number,
  calibration: Calibration,
  percent: number,
): AffineQuantizer {
  const { min, max, values } = sample;
  if (calibration === "minmax" || values.length === 0) return affineRange(min, max, bits);
  if (calibration === "percentile") {
    const sorted = values.slice().sort();
    return affineRange(percentile(sorted, 100 - percent), percentile(sorted, percent), bits);
  }
  const fraction = bestClip(grid, (f) => activationError(values, affineRange(f * min, f * max, bits)));
  return affineRange(fraction * min, fraction * max, bits);
}
