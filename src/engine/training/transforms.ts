/** Activation quantizers in inference: what a forward pass is given of them. */
import type * as tf from "@tensorflow/tfjs-core";
import type { ActivationQuantizer } from "../core/snapshot";
import { activationKindOf } from "../quantizers/activations/registry";
import type { ForwardOptions } from "./forward";

/** Quantized with the quantizer's fixed numbers. */
export const quantizeActivation = (x: tf.Tensor, quantizer: ActivationQuantizer): tf.Tensor =>
  activationKindOf(quantizer).apply(x, quantizer);

export type ActivationTransforms = Pick<ForwardOptions, "transformActivation" | "transformInput" | "transformed">;

/** @param apply how one is applied; `quantizeActivation` unless told */
export function activationTransforms(
  activations: ReadonlyMap<string, ActivationQuantizer>,
  apply: (x: tf.Tensor, quantizer: ActivationQuantizer) => tf.Tensor = quantizeActivation,
): ActivationTransforms {
  if (activations.size === 0) return {};
  const transform = (edge: string, value: tf.Tensor) => {
    const quantizer = activations.get(edge);
    return quantizer ? apply(value, quantizer) : value;
  };
  return { transformActivation: transform, transformInput: transform, transformed: activations };
}
