/**
 * The effective values of one parameter in the shape that codecs want: with the codes of a quantizer that has them, and
 * statistics computed once, when asked for.
 */
import { applyMask } from "../core/effective";
import { EngineError } from "../core/errors";
import type { Shape } from "../core/network";
import type { ParameterQuantizer, ParameterState } from "../core/snapshot";
import { effectiveValues } from "../quantizers/effective";
import { weightKindOf } from "../quantizers/weights/registry";
import { distinctValues, type DistinctValues } from "./distinct-values";
import { type Matrix, matrixOf } from "./matrix";
import { gapStatistics, positionsOf, type GapStatistics } from "./sparse";

/** What a kind of quantizer offers the codecs: symbols of the weights, 0 being +0, and a table that turns them back. */
export interface CodedTensor {
  /** The value form that can store them. */
  readonly form: string;
  readonly symbols: Uint16Array;
  readonly table: Float32Array;
}

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
  /** Where the parameter has a quantizer of a kind with codes. */
  readonly coded?: CodedTensor;
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
  if (quantizer) {
    const problem = weightKindOf(quantizer).problem(quantizer, raw.length);
    if (problem) throw new EngineError("invalid-params", `'${name}': ${problem}`);
    const coded = codedOf(raw, mask, quantizer);
    if (coded) return tensorOf(coded.values, shape, coded.codes);
  }
  return tensorOf(effectiveValues(raw, state), shape);
}

/** The codes of a kind that has them, and the values that they stand for. */
function codedOf(
  raw: Float32Array,
  mask: Uint8Array | undefined,
  quantizer: ParameterQuantizer,
): { readonly values: Float32Array; readonly codes: CodedTensor } | undefined {
  const { codes, fields } = weightKindOf(quantizer);
  if (!codes) return undefined;
  const symbols = codes.symbols(applyMask(raw, mask), quantizer);
  // Symbol 0 is a removed weight's, whatever the quantizer makes of 0.
  if (mask) for (let i = 0; i < symbols.length; i++) if (!mask[i]) symbols[i] = 0;
  const table = codes.table(quantizer);
  const values = codes.values(symbols, table, { kind: quantizer.kind, ...fields(quantizer, true) });
  return { values, codes: { form: codes.form, symbols, table } };
}

export function tensorOf(values: Float32Array, shape: Shape = [values.length], coded?: CodedTensor): EffectiveTensor {
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
    ...(coded && { coded }),
    distinct: once(() => distinctValues(bits)),
    positions,
    gaps: once(() => gapStatistics(positions())),
  };
}
