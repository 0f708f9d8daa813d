/**
 * Makes tfjs differentiate: registers the gradients of all kernels that the studio's networks and losses use. tfjs-core
 * keeps its own table in a module that Node cannot load and that no package entry exports; this is ours instead.
 */
import * as tf from "@tensorflow/tfjs-core";
import { elementwiseGradients } from "./gradients-elementwise";
import { layerGradients } from "./gradients-layers";
import { structureGradients } from "./gradients-structure";

/**
 * Registers a gradient for each kernel that has none; one that is there already stays. Gradients belong to kernels by
 * name, not to backends, so once is enough; calling it again does nothing.
 */
export function registerGradients(): void {
  const all = { ...elementwiseGradients, ...structureGradients, ...layerGradients };
  for (const [kernelName, gradient] of Object.entries(all)) {
    if (tf.getGradient(kernelName) === undefined) tf.registerGradient({ kernelName, ...gradient });
  }
}
