/** What a kernel on WebGPU is, and what several of them need. */
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import { groupsFor, tileColumns } from "./webgpu-programs";
import { inputOf } from "./wasm-types";

/** Computes with programs of its own, or answers null for a case it does not cover. */
export type GpuKernel = (
  backend: WebGPUBackend,
  inputs: tf.NamedTensorInfoMap,
  attrs: unknown,
) => readonly tf.TensorInfo[] | null;

export type ThreeTensors = [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];

export const namedInputs = (inputs: tf.NamedTensorInfoMap, names: readonly string[]): tf.TensorInfo[] =>
  names.map((name) => inputOf(inputs, name));

/** Workgroups of an elementwise program on a tensor of that shape. */
export const groupsOf = ({ shape }: { readonly shape: readonly number[] }): number =>
  groupsFor(tf.util.sizeFromShape([...shape]));

/** Workgroups side by side over the columns of a matrix. */
export const columnGroups = (columns: number): number => Math.ceil(columns / tileColumns);

/** Intermediate results belong to nobody: the backend keeps their buffers until what was recorded has been submitted. */
export function free(backend: WebGPUBackend, tensors: readonly tf.TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}
