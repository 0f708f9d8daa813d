/**
 * From raw weights to effective ones on the CPU: mask, then quantizer. The encoder stores what this gives, and a kind
 * trains with the same arithmetic (`contract.test.ts` holds the two equal).
 */
import { applyMask } from "../core/effective";
import { EngineError } from "../core/errors";
import type { Shape } from "../core/network";
import type { ParameterQuantizer, ParameterState } from "../core/snapshot";
import type { AxisCut } from "../surgery/cut";
import type { ArrayRole } from "./weights/kind";
import { weightKindOf } from "./weights/registry";

/** What the network computes with: mask, then quantizer. Returns `raw` itself where there is no state. */
export function effectiveValues(raw: Float32Array, state: ParameterState | undefined): Float32Array {
  const mask = state?.mask;
  const masked = applyMask(raw, mask);
  const quantizer = state?.quantizer;
  if (!quantizer) return masked;
  const values = weightKindOf(quantizer).effective(masked, quantizer);
  // A removed weight is zero whatever the quantizer holds.
  if (mask) for (let i = 0; i < values.length; i++) if (!mask[i]) values[i] = 0;
  return values;
}

/** @returns the quantizer with what follows from its weights computed afresh; itself where nothing does */
export function derived(raw: Float32Array, mask: Uint8Array | undefined, quantizer: ParameterQuantizer) {
  const kind = weightKindOf(quantizer);
  return kind.derive ? kind.derive(applyMask(raw, mask), quantizer) : quantizer;
}

/** Bits of one weight, most values in a group and fp32 numbers beside the weights. */
export const widthsOf = (quantizer: ParameterQuantizer) => weightKindOf(quantizer).widths(quantizer);

/** Name, role and values of each array of a quantizer. */
export function arraysOf(
  quantizer: ParameterQuantizer,
): { readonly name: string; readonly role: ArrayRole; readonly values: Float32Array }[] {
  const fields = quantizer as unknown as Readonly<Record<string, Float32Array>>;
  return Object.entries<ArrayRole>(weightKindOf(quantizer).arrays).map(([name, role]) => ({
    name,
    role,
    values: fields[name]!,
  }));
}

/** The quantizer with other arrays of the same kind in place of its own. */
export const withArrays = (
  quantizer: ParameterQuantizer,
  arrays: Readonly<Record<string, Float32Array>>,
): ParameterQuantizer => ({ ...quantizer, ...arrays });

/** @throws EngineError `not-prunable` where the kind cannot be cut so */
export function cutQuantizer(
  name: string,
  quantizer: ParameterQuantizer,
  shape: Shape,
  cuts: readonly AxisCut[],
): ParameterQuantizer {
  const cut = weightKindOf(quantizer).cut(quantizer, shape, cuts);
  if (cut) return cut;
  throw new EngineError(
    "not-prunable",
    `expected a quantizer that can lose channels, got '${quantizer.kind}' on '${name}': prune before quantizing`,
    { details: { layer: name.slice(0, name.lastIndexOf("/")), why: "quantizer" } },
  );
}
