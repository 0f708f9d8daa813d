/** Giving memory back after a change of shapes, on whatever backend runs. */
import * as tf from "@tensorflow/tfjs-core";
import { WEBGPU, asWebgpuBackend, releasePooledBuffers } from "./webgpu-device";

/**
 * Gives back what the current backend keeps for tensors of shapes that may never come again: on webgpu the buffers that
 * no tensor uses. Elsewhere there is nothing to do: wasm's blocks go back to its heap as tensors are disposed, and fit
 * any shape.
 *
 * @returns bytes given back
 */
export function releaseUnusedMemory(): number {
  if (tf.getBackend() !== WEBGPU) return 0;
  const backend = asWebgpuBackend(tf.backend());
  return backend === null ? 0 : releasePooledBuffers(backend);
}
