/**
 * The effective values of one parameter, as `core/effective.ts` defines them (a test holds the two equal), in the
 * shape that codecs want: with codes where there is a uniform quantizer, and statistics computed once, when asked for.
 */
import { EngineError } from "../core/errors";
import { roundHalfEven, uniformLevels } from "../core/effective";
import type { Shape } from "../core/network";
import type { CodebookQuantizer, ParameterState, UniformQuantizer } from "../core/snapshot";
import { distinctValues, type DistinctValues } from "./distinct-values";
import { type Matrix, matrixOf } from "./matrix";
import { gapStatistics, positionsOf, type GapStatistics } from "./sparse";

export interface EffectiveTensor {
  /** fp32, finite. */
  readonly values: Float32Array;
  /** The same values as bits. */
  readonly bits: Uint32Array;
  readonly count: number;
  /** Undefined for vectors. */
  readonly matrix: Matrix | undefined;
  /** Values whose bits are not all zero; -0 is one of them. */
  readonly nonZero: number;
  /** Integer form where the parameter has a uniform quantizer. */
  readonly uniform?: { readonly codes: Int8Array; readonly quantizer: UniformQuantizer };
  /** Undefined where there are more than 256 besides zero. */
  readonly distinct: () => DistinctValues | undefined;
  /** Flat indices of the nonzero values. */
  readonly positions: () => Uint32Array;
  readonly gaps: () => GapStatistics;
}

/** Computes `make()` at the first call only. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/**
 * @param raw latent values; not kept where a state changes them
 * @param shape of the parameter; a vector unless told
 * @throws EngineError `shape-mismatch` for a mask of another length, `invalid-params` for a quantizer out of range
 */
export function effectiveTensor(
  name: string,
  raw: Float32Array,
  state: ParameterState | undefined,
  shape: Shape = [raw.length],
): EffectiveTensor {
  const mask = state?.mask;
  if (mask && mask.length !== raw.length) {
    throw new EngineError("shape-mismatch", `expected a mask of ${raw.length} for '${name}', got ${mask.length}`);
  }
  const quantizer = state?.quantizer;
  if (quantizer?.kind === "uniform") {
    checkUniform(name, quantizer);
    const codes = uniformCodes(raw, mask, quantizer);
    return tensorOf(dequantize(codes, quantizer.scales), shape, { codes, quantizer });
  }
  if (quantizer) {
    checkCodebook(name, quantizer);
    return tensorOf(nearestValues(raw, mask, quantizer.values), shape);
  }
  return tensorOf(mask ? masked(raw, mask) : raw, shape);
}

export function tensorOf(
  values: Float32Array,
  shape: Shape = [values.length],
  uniform?: EffectiveTensor["uniform"],
): EffectiveTensor {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let nonZero = 0;
  for (let i = 0; i < bits.length; i++) if (bits[i] !== 0) nonZero++;
  const positions = once(() => positionsOf(bits, nonZero));
  return {
    values,
    bits,
    count: values.length,
    matrix: matrixOf(shape),
    nonZero,
    ...(uniform && { uniform }),
    distinct: once(() => distinctValues(bits)),
    positions,
    gaps: once(() => gapStatistics(positions())),
  };
}

function checkUniform(name: string, { bits, granularity, scales }: UniformQuantizer): void {
  if (!Number.isInteger(bits) || bits < 2 || bits > 8) {
    throw new EngineError("invalid-params", `expected a quantizer of 2 to 8 bits for '${name}', got ${bits}`);
  }
  if (scales.length === 0 || (granularity === "tensor" && scales.length !== 1)) {
    throw new EngineError(
      "invalid-params",
      `expected one scale for each ${granularity} of '${name}', got ${scales.length}`,
    );
  }
  for (const scale of scales) {
    if (!(scale > 0) || !Number.isFinite(Math.fround(scale * uniformLevels(bits)))) {
      throw new EngineError("invalid-params", `expected finite scales above 0 for '${name}', got ${scale}`);
    }
  }
}

function checkCodebook(name: string, { values }: CodebookQuantizer): void {
  if (values.length < 1 || values.length > 256 || !values.every(Number.isFinite)) {
    throw new EngineError(
      "invalid-params",
      `expected a codebook of 1 to 256 finite values for '${name}', got ${values.length}`,
    );
  }
}

function masked(raw: Float32Array, mask: Uint8Array): Float32Array {
  const out = new Float32Array(raw.length);
  for (let i = 0; i < raw.length; i++) if (mask[i]) out[i] = raw[i]!;
  return out;
}

function uniformCodes(raw: Float32Array, mask: Uint8Array | undefined, { bits, scales }: UniformQuantizer): Int8Array {
  const levels = uniformLevels(bits);
  const codes = new Int8Array(raw.length);
  for (let i = 0, group = 0; i < raw.length; i++) {
    if (!mask || mask[i]) {
      const code = roundHalfEven(Math.fround(raw[i]! / scales[group]!));
      codes[i] = code > levels ? levels : code < -levels ? -levels : code;
    }
    if (++group === scales.length) group = 0;
  }
  return codes;
}

/** `code * scale` in fp32; weight `i` has scale `i % scales.length`. */
export function dequantize(codes: Int8Array, scales: Float32Array): Float32Array {
  const out = new Float32Array(codes.length);
  for (let i = 0, group = 0; i < codes.length; i++) {
    out[i] = codes[i]! * scales[group]!;
    if (++group === scales.length) group = 0;
  }
  return out;
}

/** The nearest codebook value of each weight (ties: the smaller index) by bisection instead of trying all of them. */
function nearestValues(raw: Float32Array, mask: Uint8Array | undefined, codebook: Float32Array): Float32Array {
  const order = Array.from(codebook.keys()).sort((a, b) => codebook[a]! - codebook[b]! || a - b);
  const sorted = Float32Array.from(order, (k) => codebook[k]!);
  const last = sorted.length - 1;
  const out = new Float32Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    if (mask && !mask[i]) continue;
    const weight = raw[i]!;
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < weight) low = middle + 1;
      else high = middle;
    }
    if (low > 0 && Math.abs(weight - sorted[low - 1]!) <= Math.abs(weight - sorted[low]!)) low--;
    // Equal values, and distances that rounding makes equal: the smallest index among all of them.
    const distance = Math.abs(weight - sorted[low]!);
    let best = order[low]!;
    for (let j = low - 1; j >= 0 && Math.abs(weight - sorted[j]!) === distance; j--) best = Math.min(best, order[j]!);
    for (let j = low + 1; j <= last && Math.abs(weight - sorted[j]!) === distance; j++)
      best = Math.min(best, order[j]!);
    out[i] = codebook[best]!;
  }
  return out;
}
