/** The JSON header of an artefact: its schema, and what it must agree on with itself. */
import * as v from "valibot";
import type { WeightQuantizers } from "../core/snapshot";
import { activationKindNames } from "../quantizers/activations/registry";
import { weightKindNames, weightKindOf } from "../quantizers/weights/registry";
import { MAX_ACTIVATION_BITS } from "./activation-codec";
import { TILE_SIDES } from "./block-diagonal";
import { MAX_DISTINCT } from "./distinct-values";
import { GAP_BITS } from "./sparse";
import { malformed, streamNames } from "./streams";
import { symbolCodingIds } from "./symbol-coding";
import { valueFormIds } from "./value-forms";

/** Streams of one tensor; no codec comes near it. */
const MAX_STREAMS = 16;
/** Powers of two have the largest alphabet: two signs of 254 exponents, and zero. */
const MAX_ALPHABET = 2 * 254 + 1;

const integer = (low: number, high: number) => v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
const entries = integer(0, 2 ** 28);
const bytes = integer(0, 2 ** 32 - 1);

const layout = v.variant("kind", [
  v.strictObject({ kind: v.literal("dense") }),
  v.strictObject({ kind: v.literal("bitmap"), entries }),
  v.strictObject({
    kind: v.literal("relative"),
    entries,
    gapBits: v.picklist(GAP_BITS),
    gapSymbols: v.optional(integer(0, 2 ** GAP_BITS.at(-1)!)),
  }),
  v.strictObject({ kind: v.literal("csr"), entries }),
  v.strictObject({ kind: v.literal("pattern"), entries }),
  v.strictObject({ kind: v.literal("block-diagonal"), entries, side: v.picklist(TILE_SIDES) }),
]);

/** `kind`, then the kind's own entries. */
const quantizer = v.variant(
  "kind",
  weightKindNames.map((kind) => {
    const { attributes, listed } = weightKindOf({ kind });
    return v.strictObject({ kind: v.literal(kind), ...attributes, ...listed });
  }),
);

const tensor = v.strictObject({
  name: v.string(),
  layout,
  form: v.picklist(valueFormIds),
  symbols: v.optional(
    v.strictObject({
      first: v.picklist([0, 1]),
      count: integer(0, Math.max(MAX_ALPHABET, MAX_DISTINCT + 1)),
      coding: v.picklist(symbolCodingIds),
    }),
  ),
  /** In the order of the file. */
  streams: v.pipe(v.array(v.strictTuple([v.picklist(streamNames), bytes])), v.maxLength(MAX_STREAMS)),
  /** Zeros of this parameter are pruned weights, and stay zero. */
  masked: v.optional(v.literal(true)),
  /** The parameter's quantizer; arrays only where neither a stream holds them nor the values tell them. */
  quantizer: v.optional(quantizer),
});

const headerSchema = v.strictObject({
  network: v.unknown(),
  tensors: v.array(tensor),
  activations: v.array(
    v.strictObject({
      node: v.string(),
      kind: v.optional(v.picklist(activationKindNames)),
      bits: integer(1, MAX_ACTIVATION_BITS),
    }),
  ),
  activationStreams: v.pipe(v.array(v.strictTuple([v.picklist(streamNames), bytes])), v.maxLength(MAX_STREAMS)),
  /** Only of a network whose layers have widths of their own. */
  widthStreams: v.optional(v.pipe(v.array(v.strictTuple([v.literal("widths"), bytes])), v.length(1))),
  document: v.optional(v.unknown()),
  info: v.custom<Record<string, unknown>>(
    (x) => typeof x === "object" && x !== null && !Array.isArray(x),
    "expected an object",
  ),
});

export type ArtefactHeader = v.InferOutput<typeof headerSchema>;
export type TensorHeader = ArtefactHeader["tensors"][number];
export type QuantizerHeader = Readonly<Record<string, unknown>> & { readonly kind: keyof WeightQuantizers };

/** @throws EngineError `invalid-file` naming the field */
export function parseHeader(json: unknown): ArtefactHeader {
  const result = v.safeParse(headerSchema, json, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = (issue.path ?? []).map(({ key }) => String(key)).join(".");
  throw malformed(
    `header ${path || "as a whole"}: expected ${issue.expected ?? issue.message}, got ${issue.received.slice(0, 80)}`,
  );
}
