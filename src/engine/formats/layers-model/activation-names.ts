/** Keras' names of activations and ours, in both directions. */
import type { ActivationKind } from "../../core/network";

export interface ActivationAttrs {
  readonly kind: ActivationKind;
  readonly alpha?: number;
}

/** By Keras' name in lower case without underscores; `null` does nothing. */
const kinds: Readonly<Record<string, ActivationAttrs | null>> = {
  linear: null,
  relu: { kind: "relu" },
  relu6: { kind: "relu6" },
  // The function's slope; the layer LeakyReLU has another default.
  leakyrelu: { kind: "leaky-relu", alpha: 0.2 },
  elu: { kind: "elu", alpha: 1 },
  selu: { kind: "selu" },
  sigmoid: { kind: "sigmoid" },
  hardsigmoid: { kind: "hard-sigmoid" },
  tanh: { kind: "tanh" },
  softplus: { kind: "softplus" },
  swish: { kind: "swish" },
  silu: { kind: "swish" },
  hardswish: { kind: "hard-swish" },
  hardsilu: { kind: "hard-swish" },
  gelu: { kind: "gelu" },
  softmax: { kind: "softmax" },
};

export const knownActivations = Object.keys(kinds).join(", ");

/** @returns null for `linear`, undefined for a name that is not known */
export function activationOf(name: string): ActivationAttrs | null | undefined {
  const plain = name.toLowerCase().replaceAll("_", "");
  return Object.hasOwn(kinds, plain) ? kinds[plain] : undefined;
}

/**
 * How an activation is written: tfjs' function name, or a layer class with its field for alpha. `undefined` where
 * tfjs-layers has neither.
 */
export const kerasActivations: Readonly<
  Record<ActivationKind, { readonly name: string } | { readonly className: string; readonly field: string } | undefined>
> = {
  relu: { name: "relu" },
  relu6: { name: "relu6" },
  "leaky-relu": { className: "LeakyReLU", field: "alpha" },
  elu: { name: "elu" },
  selu: { name: "selu" },
  sigmoid: { name: "sigmoid" },
  "hard-sigmoid": { name: "hardSigmoid" },
  tanh: { name: "tanh" },
  softplus: { name: "softplus" },
  swish: { name: "swish" },
  "hard-swish": undefined,
  gelu: { name: "gelu" },
  softmax: { name: "softmax" },
};
