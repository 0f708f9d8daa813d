/** Quantizers as JSON and arrays, and back, for states that this engine writes and reads again. */
import * as v from "valibot";
import { EngineError } from "../core/errors";
import type { ActivationQuantizer, ParameterQuantizer } from "../core/snapshot";
import type { PackedArray } from "../core/tensor-pack";
import { activationKindNames, activationKindOf } from "./activations/registry";
import { arraysOf } from "./effective";
import { weightKindOf, weightKinds } from "./weights/registry";

/** `kind` and attributes. */
export type QuantizerJson = Readonly<Record<string, unknown>>;

export function packQuantizer(quantizer: ParameterQuantizer): {
  readonly json: QuantizerJson;
  readonly arrays: readonly (readonly [name: string, values: Float32Array])[];
} {
  const arrays = arraysOf(quantizer);
  const names = new Set(arrays.map(({ name }) => name));
  return {
    json: Object.fromEntries(Object.entries(quantizer).filter(([name]) => !names.has(name))),
    arrays: arrays.map(({ name, values }) => [name, values] as const),
  };
}

/**
 * @param array of a name, as far as it is there
 * @param weights how many the parameter has
 * @throws EngineError `invalid-file` for a kind, an attribute or an array that no such quantizer has
 */
export function unpackQuantizer(
  json: QuantizerJson,
  array: (name: string) => PackedArray | undefined,
  weights: number,
): ParameterQuantizer {
  const refuse = (what: string) => new EngineError("invalid-file", `quantizer: ${what}`);
  const { kind: name } = json;
  const known = typeof name === "string" && Object.hasOwn(weightKinds, name);
  if (!known) throw refuse(`expected a kind (${Object.keys(weightKinds).join(", ")}), got ${JSON.stringify(name)}`);
  const kind = weightKindOf({ kind: name as ParameterQuantizer["kind"] });
  const attributes = v.safeParse(v.strictObject({ kind: v.literal(name), ...kind.attributes }), json);
  if (!attributes.success) {
    const [{ expected, received }] = attributes.issues;
    throw refuse(`expected ${expected ?? "attributes"} of kind '${name}', got ${received}`);
  }
  const arrays = Object.keys(kind.arrays).map((of) => {
    const values = array(of);
    if (!(values instanceof Float32Array)) throw refuse(`expected an array '${of}' of kind '${name}', got none`);
    return [of, values] as const;
  });
  const quantizer = { ...attributes.output, ...Object.fromEntries(arrays) } as unknown as ParameterQuantizer;
  const problem = kind.problem(quantizer, weights);
  if (problem) throw refuse(problem);
  return quantizer;
}

/** @throws EngineError `invalid-file` for a kind or an attribute that no quantizer of activations has */
export function parseActivation(json: unknown): ActivationQuantizer {
  const refuse = (what: string) => new EngineError("invalid-file", `activation quantizer: ${what}`);
  const name = (json as { readonly kind?: unknown } | null)?.kind;
  const kindName = activationKindNames.find((known) => known === name);
  if (!kindName) throw refuse(`expected a kind (${activationKindNames.join(", ")}), got ${JSON.stringify(name)}`);
  const kind = activationKindOf({ kind: kindName });
  const parsed = v.safeParse(v.strictObject({ kind: v.literal(kindName), ...kind.attributes }), json);
  if (!parsed.success) {
    const [{ expected, received }] = parsed.issues;
    throw refuse(`expected ${expected ?? "attributes"} of kind '${kindName}', got ${received}`);
  }
  const quantizer = parsed.output as unknown as ActivationQuantizer;
  const problem = kind.problem(quantizer);
  if (problem) throw refuse(problem);
  return quantizer;
}
