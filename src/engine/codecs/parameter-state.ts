/**
 * What a file remembers of a parameter's compression state besides its values, so that work can go on from it: that its
 * zeros are pruned, and its quantizer. None of it is needed to compute the values, so none of it counts in `sizeBytes`.
 */
import { uniformLevels } from "../core/effective";
import type { ParameterQuantizer, ParameterState, UniformQuantizer } from "../core/snapshot";
import { distinctValues } from "./distinct-values";
import { effectiveTensor } from "./effective-tensor";
import type { QuantizerHeader, TensorHeader } from "./header";
import { malformed } from "./streams";
import type { Restored } from "./value-form";
import type { ValueFormId } from "./value-forms";

type StateFields = Pick<TensorHeader, "masked" | "quantizer">;

export function stateFields(state: ParameterState | undefined, form: ValueFormId): StateFields {
  const masked = state?.mask?.includes(0) === true;
  const quantizer = state?.quantizer && quantizerFields(state.quantizer, form);
  return { ...(masked ? { masked } : {}), ...(quantizer ? { quantizer } : {}) };
}

function quantizerFields(quantizer: ParameterQuantizer, form: ValueFormId): QuantizerHeader {
  if (quantizer.kind === "codebook") return { kind: "codebook" };
  const { kind, bits, granularity, scales } = quantizer;
  return { kind, bits, granularity, ...(form === "uniform" ? {} : { scales: Array.from(scales) }) };
}

/**
 * The state under which the decoded values are effective: mask, then quantizer, gives them back bit for bit.
 * @throws EngineError `invalid-file` when no such state is what the file says
 */
export function restoreState(
  restored: Restored,
  { masked, quantizer: fields }: StateFields,
): ParameterState | undefined {
  const { values } = restored;
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const mask = masked ? maskOf(bits) : undefined;
  const quantizer =
    fields?.kind === "codebook"
      ? restoreCodebook(bits, mask !== undefined)
      : fields && restoreUniform(restored, fields);
  if (!mask && !quantizer) return undefined;
  return { ...(mask && { mask }), ...(quantizer && { quantizer }) };
}

function maskOf(bits: Uint32Array): Uint8Array {
  const mask = new Uint8Array(bits.length);
  for (let i = 0; i < bits.length; i++) mask[i] = bits[i] === 0 ? 0 : 1;
  return mask;
}

/** The distinct values of what is not pruned: each is its own nearest value. */
function restoreCodebook(bits: Uint32Array, masked: boolean): ParameterQuantizer {
  const distinct = distinctValues(bits);
  if (!distinct) throw malformed("expected at most 256 values of a codebook, got more");
  const { values, counts } = distinct;
  // A codebook is never empty, even where all is pruned.
  if ((masked || counts[0] === 0) && values.length > 0) return { kind: "codebook", values };
  if (values.length === 256) throw malformed("expected at most 256 values of a codebook, got 257");
  if (values.includes(0)) throw malformed("expected one zero in a codebook, got 0 and -0, which are equally near");
  return { kind: "codebook", values: Float32Array.of(0, ...values).sort() };
}

function restoreUniform(
  { values, scales: stored }: Restored,
  { kind, bits, granularity, scales: listed }: QuantizerHeader & { readonly kind: "uniform" },
): ParameterQuantizer {
  const scales = stored ?? (listed && Float32Array.from(listed));
  if (!scales) throw malformed("expected scales of the uniform quantizer, got none");
  if (granularity === "tensor" ? scales.length !== 1 : scales.length > values.length) {
    throw malformed(`expected one scale for each ${granularity}, got ${scales.length}`);
  }
  if (!scales.every((scale) => scale > 0 && Number.isFinite(Math.fround(scale * uniformLevels(bits))))) {
    throw malformed("expected scales above 0 with finite values, got others");
  }
  const quantizer: UniformQuantizer = {
    kind,
    bits,
    granularity,
    clips: new Float32Array(scales.length).fill(1),
    scales,
  };
  // Codes times scales quantize to themselves; of values that were stored otherwise it has to be seen.
  if (!stored && !sameValues(effectiveTensor("this tensor", values, { quantizer }).values, values)) {
    throw malformed("expected values that the uniform quantizer gives, got others");
  }
  return quantizer;
}

const sameValues = (a: Float32Array, b: Float32Array): boolean => a.every((value, i) => Object.is(value, b[i]));
