/**
 * What a file remembers of a parameter's compression state besides its values, so that work can go on from it: that its
 * zeros are pruned, and its quantizer. None of it is needed to compute the values, so none of it counts in `sizeBytes`.
 */
import type { ParameterQuantizer, ParameterState } from "../core/snapshot";
import { effectiveValues } from "../quantizers/effective";
import { weightKindOf } from "../quantizers/weights/registry";
import type { QuantizerHeader, TensorHeader } from "./header";
import { malformed } from "./streams";
import type { Restored } from "./value-form";
import type { ValueFormId } from "./value-forms";

type StateFields = Pick<TensorHeader, "masked" | "quantizer">;

export function stateFields(state: ParameterState | undefined, form: ValueFormId): StateFields {
  const masked = state?.mask?.includes(0) === true;
  const quantizer = state?.quantizer && headerOf(state.quantizer, form);
  return { ...(masked ? { masked } : {}), ...(quantizer ? { quantizer } : {}) };
}

function headerOf(quantizer: ParameterQuantizer, form: ValueFormId): QuantizerHeader {
  const { kind, codes, fields } = weightKindOf(quantizer);
  return { kind, ...fields(quantizer, codes?.form === form) };
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
  const quantizer = fields && restoreQuantizer(restored, masked === true, fields);
  if (quantizer && !restored.table) {
    // Codes quantize to themselves; of values that were stored otherwise it has to be seen.
    const again = effectiveValues(values, { ...(mask && { mask }), quantizer });
    if (!sameValues(again, values)) {
      throw malformed(`expected values that the ${quantizer.kind} quantizer gives, got others`);
    }
  }
  if (!mask && !quantizer) return undefined;
  return { ...(mask && { mask }), ...(quantizer && { quantizer }) };
}

function restoreQuantizer({ values, table }: Restored, masked: boolean, fields: QuantizerHeader): ParameterQuantizer {
  const kind = weightKindOf(fields);
  const quantizer = kind.restore({ values, masked, fields, table });
  const problem = kind.problem(quantizer, values.length);
  if (problem) throw malformed(problem);
  return quantizer;
}

function maskOf(bits: Uint32Array): Uint8Array {
  const mask = new Uint8Array(bits.length);
  for (let i = 0; i < bits.length; i++) mask[i] = bits[i] === 0 ? 0 : 1;
  return mask;
}

const sameValues = (a: Float32Array, b: Float32Array): boolean => a.every((value, i) => Object.is(value, b[i]));
