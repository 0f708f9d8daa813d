/**
 * Symmetric uniform quantizer: `q = clamp(round(w / s), -L, L)`, `L = 2^(bits-1) - 1`, value `q * s`; rounding half to
 * even. Zero stays zero. The scale follows the weights: `s = clip * max|w| / L` of its group.
 */
import * as v from "valibot";
import { FAKE_QUANT_UNIFORM, runFused } from "../../backend/fused-composed";
import { roundHalfEven, uniformLevels } from "../../core/effective";
import { EngineError } from "../../core/errors";
import { cutGroups, cutGrouping, type Grouping } from "../grouping";
import { straightThrough } from "../straight-through";
import { defineWeightKind, type StoredWeights } from "./kind";

export interface UniformQuantizer {
  readonly kind: "uniform";
  /** 2 to 8. */
  readonly bits: number;
  /**
   * One scale, or one for each output channel (the fastest axis of a kernel; `c * multiplier + m` of a depthwise one).
   */
  readonly granularity: "tensor" | "channel";
  /** Clip of each scale group as a fraction of its largest |w|, in (0, 1]; as many as there are scales. */
  readonly clips: Float32Array;
  /**
   * > 0, fp32. `clip * max|w| / L` of the values they were made for (`refreshScales`); training computes them afresh
   * at every step, and a snapshot read from a file keeps the file's.
   */
  readonly scales: Float32Array;
}

declare module "../../core/snapshot" {
  interface WeightQuantizers {
    uniform: UniformQuantizer;
  }
}

/** Quantized form of a tensor: integer codes in [-L, L] and fp32 scales; weight `i` has scale `i % scales.length`. */
export interface UniformCodes {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
  readonly bits: number;
}

/**
 * Scale of each group: `clip * max|w| / L` in fp32. A group of zeros gets 1. There are as many groups as clips, and
 * weight `i` is in group `i % groups`: output channels are the fastest axis of every kernel.
 */
export function uniformScales(weights: Float32Array, clips: Float32Array, bits: number): Float32Array {
  const groups = clips.length;
  const max = new Float32Array(groups);
  for (let i = 0; i < weights.length; i++) {
    const c = i % groups;
    const magnitude = Math.abs(weights[i]!);
    if (magnitude > max[c]!) max[c] = magnitude;
  }
  const levels = uniformLevels(bits);
  return max.map((m, c) => (m > 0 ? Math.fround(Math.fround(m * clips[c]!) / levels) : 1));
}

/** The quantizer with its scales computed afresh from (masked) weights. */
export const refreshScales = (weights: Float32Array, quantizer: UniformQuantizer): UniformQuantizer => ({
  ...quantizer,
  scales: uniformScales(weights, quantizer.clips, quantizer.bits),
});

export function uniformCodes(weights: Float32Array, { bits, scales }: UniformQuantizer): UniformCodes {
  const levels = uniformLevels(bits);
  const codes = new Int8Array(weights.length);
  for (let i = 0, group = 0; i < weights.length; i++) {
    // The division is rounded to fp32 first so that a backend's fp32 kernels land on the same side of a tie.
    const code = roundHalfEven(Math.fround(weights[i]! / scales[group]!));
    codes[i] = code > levels ? levels : code < -levels ? -levels : code;
    if (++group === scales.length) group = 0;
  }
  return { codes, scales, bits };
}

export function dequantizeUniform({ codes, scales }: Pick<UniformCodes, "codes" | "scales">): Float32Array {
  const out = new Float32Array(codes.length);
  for (let i = 0, group = 0; i < codes.length; i++) {
    out[i] = codes[i]! * scales[group]!;
    if (++group === scales.length) group = 0;
  }
  return out;
}

/** The clips that give every channel the tensor's one scale; 1 where the channel's largest weight lies inside. */
function clipsPerChannel(masked: Float32Array, scale: number, channels: number, bits: number): Float32Array {
  const max = new Float32Array(channels);
  masked.forEach((w, i) => (max[i % channels] = Math.max(max[i % channels]!, Math.abs(w))));
  return max.map((m) => (m > 0 ? Math.min(1, (scale * uniformLevels(bits)) / m) : 1));
}

/** Codes stay (negated where the slope is negative), scales are scaled; one scale becomes one for each channel. */
function scaled(
  old: UniformQuantizer,
  masked: Float32Array,
  slopes: Float64Array,
  values: Float32Array,
): UniformQuantizer {
  const channels = slopes.length;
  const scaleOf = (c: number) => old.scales[c % old.scales.length]!;
  const scales = Float32Array.from(slopes, (s, c) => scaleOf(c) * Math.abs(s));
  // A channel of zeros has scale 1, as in `uniformScales`.
  for (let c = 0; c < channels; c++) if (scales[c] === 0) scales[c] = 1;
  const clips =
    old.granularity === "channel" ? old.clips.slice() : clipsPerChannel(masked, scaleOf(0), channels, old.bits);
  const quantizer: UniformQuantizer = { ...old, granularity: "channel", clips, scales };
  const { codes: oldCodes } = uniformCodes(masked, old);
  const { codes } = uniformCodes(values, quantizer);
  for (let i = 0; i < values.length; i++) {
    const c = i % channels;
    const code = oldCodes[i]! * Math.sign(slopes[c]!);
    // Rounding may carry a weight over a tie between two codes.
    if (codes[i] !== code) values[i] = code * scales[c]! + 0;
  }
  return quantizer;
}

/** Code 0 is symbol 0, then 1, -1, 2, -2, ...: the largest magnitude in use ends the alphabet. */
function symbolsOf(codes: Int8Array): Uint16Array {
  const symbols = new Uint16Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    symbols[i] = code > 0 ? 2 * code - 1 : -2 * code;
  }
  return symbols;
}

function codesOf(symbols: ArrayLike<number>): Int8Array {
  const codes = new Int8Array(symbols.length);
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i]!;
    codes[i] = symbol & 1 ? (symbol + 1) >>> 1 : -(symbol >>> 1);
  }
  return codes;
}

const malformed = (message: string) => new EngineError("invalid-file", message);
const fp32 = v.pipe(
  v.number(),
  v.check((x) => x > 0 && Number.isFinite(x) && Math.fround(x) === x, "expected an fp32 number above 0"),
);
const attributes = {
  bits: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(8)),
  granularity: v.picklist(["tensor", "channel"]),
};
const listed = {
  /** Only where no stream holds them. */
  scales: v.optional(v.pipe(v.array(fp32), v.minLength(1))),
};
type Fields = v.InferOutput<v.StrictObjectSchema<typeof attributes & typeof listed, undefined>>;

const grouping = ({ granularity, scales }: UniformQuantizer): Grouping =>
  granularity === "tensor" ? { kind: "tensor" } : { kind: "channel", count: scales.length };

function problem({ bits, granularity, clips, scales }: UniformQuantizer): string | undefined {
  if (!Number.isInteger(bits) || bits < 2 || bits > 8) return `expected a quantizer of 2 to 8 bits, got ${bits}`;
  if (scales.length === 0 || (granularity === "tensor" && scales.length !== 1)) {
    return `expected one scale for each ${granularity}, got ${scales.length}`;
  }
  const bad = scales.find((scale) => !(scale > 0) || !Number.isFinite(Math.fround(scale * uniformLevels(bits))));
  if (bad !== undefined) return `expected finite scales above 0, got ${bad}`;
  if (clips.length !== scales.length) return `expected a clip for each scale, got ${clips.length}`;
  return undefined;
}

function restore({ values, table, fields }: StoredWeights<Fields>): UniformQuantizer {
  const { bits, granularity, scales: listedScales } = fields;
  const scales = table ?? (listedScales && Float32Array.from(listedScales));
  if (!scales) throw malformed("expected scales of the uniform quantizer, got none");
  if (granularity === "tensor" ? scales.length !== 1 : scales.length > values.length) {
    throw malformed(`expected one scale for each ${granularity}, got ${scales.length}`);
  }
  if (!scales.every((scale) => scale > 0 && Number.isFinite(Math.fround(scale * uniformLevels(bits))))) {
    throw malformed("expected scales above 0 with finite values, got others");
  }
  return { kind: "uniform", bits, granularity, clips: new Float32Array(scales.length).fill(1), scales };
}

export const uniform = defineWeightKind<UniformQuantizer, Fields>({
  kind: "uniform",
  since: 1,
  arrays: { clips: "constant", scales: "derived" },
  grouping,
  problem,
  effective: (weights, quantizer) => dequantizeUniform(uniformCodes(weights, quantizer)),
  derive: refreshScales,
  /** Scale of the current weights; gradient dy where |w| <= clip * max|w|, else 0. */
  train: ({ weights, arrays: { clips }, quantizer: { bits } }) =>
    straightThrough(weights, (x) => runFused(FAKE_QUANT_UNIFORM, { x, clips }, { bits })),
  widths: ({ bits, scales }) => ({ bits, values: 2 * uniformLevels(bits) + 1, floats: scales.length }),
  scaled,
  cut(quantizer, shape, cuts) {
    const cut = cutGrouping(grouping(quantizer), shape, cuts);
    if (!cut) return undefined;
    if (cut.kept.length === quantizer.scales.length) return quantizer;
    return { ...quantizer, clips: cutGroups(quantizer.clips, cut), scales: cutGroups(quantizer.scales, cut) };
  },
  codes: {
    form: "uniform",
    symbols: (weights, quantizer) => symbolsOf(uniformCodes(weights, quantizer).codes),
    table: ({ scales }) => scales,
    symbolCount: ({ bits }) => 2 * uniformLevels(bits) + 1,
    values(symbols, scales) {
      if (scales.length < 1 || scales.length > symbols.length) {
        throw malformed(`expected 1 to ${symbols.length} scales, got ${scales.length}`);
      }
      return dequantizeUniform({ codes: codesOf(symbols), scales });
    },
  },
  attributes,
  listed,
  fields: ({ bits, granularity, scales }, coded) => ({
    bits,
    granularity,
    ...(coded ? {} : { scales: Array.from(scales) }),
  }),
  restore,
  example(weights, channels) {
    const clips = Float32Array.from({ length: channels }, (_, c) => (c % 2 === 0 ? 1 : 0.5));
    return refreshScales(weights, { kind: "uniform", bits: 3, granularity: "channel", clips, scales: clips });
  },
});
