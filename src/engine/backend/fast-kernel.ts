/**
 * What a kernel on the compiled training module is.
 */
import type * as tf from "@tensorflow/tfjs-core";
import type { TrainingModule } from "./training-module";

export type KernelResult = tf.TensorInfo | tf.TensorInfo[];

/** Computes on the module, or answers null for a case it does not cover. */
export type FastKernel = (module: TrainingModule, inputs: tf.NamedTensorInfoMap, attrs: unknown) => KernelResult | null;

/** True where all tensors are float32 and none is empty. */
export function plain(...tensors: tf.TensorInfo[]): boolean {
  return tensors.every(({ dtype, shape }) => dtype === "float32" && shape.every((length) => length > 0));
}
