/**
 * What the studio uses of tfjs' wasm backend, as types, and how a kernel may use operations of its own.
 * It is not the backend: nothing here is registered, and nothing is imported from tfjs-backend-wasm but types,
 * so that a program which never picks wasm never loads it.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

/** Name under which tfjs registers its WebAssembly backend. */
export const WASM = "wasm";

export type WasmBackend = BackendWasm;

/** The tensors a kernel is given, by the name the operation gives them. */
export type KernelInputs = Readonly<Record<string, tf.Tensor>>;

/** Reads the backend a kernel is called with; tfjs types it as unknown. */
export function asWasmBackend(backend: unknown): WasmBackend {
  return backend as WasmBackend;
}

/** A named input of a kernel. Throws when the operation did not pass it. */
export function inputOf<T>(inputs: Readonly<Record<string, T | undefined>>, name: string): T {
  const input = inputs[name];
  if (input === undefined) {
    throw new Error(`kernel input '${name}' was expected, got ${Object.keys(inputs).join(", ")}`);
  }
  return input;
}

/**
 * Makes a kernel out of tensor operations.
 *
 * The inputs of a kernel belong to its caller, so each is wrapped in a second handle whose count is raised: what the
 * inner tidy frees is the handle. The result is handed over as data: its count is raised, then its handle is dropped,
 * and the engine makes the handle that the caller sees. Operations inside a kernel are not taped.
 */
export function composedKernel(
  compute: (inputs: KernelInputs, attrs: unknown) => tf.Tensor | tf.Tensor[],
): tf.KernelFunc {
  return ({ inputs, backend, attrs }) => {
    const wasm = asWasmBackend(backend);
    const result = tf.tidy(() => {
      const lent: Record<string, tf.Tensor> = {};
      for (const [name, info] of Object.entries(inputs)) {
        if (info === undefined) continue;
        wasm.incRef(info.dataId);
        lent[name] = tf
          .engine()
          .makeTensorFromTensorInfo({ dataId: info.dataId, shape: info.shape, dtype: info.dtype });
      }
      return compute(lent, attrs);
    });
    const handOver = (tensor: tf.Tensor): tf.TensorInfo => {
      const info: tf.TensorInfo = { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype };
      wasm.incRef(tensor.dataId);
      tensor.dispose();
      return info;
    };
    return Array.isArray(result) ? result.map(handOver) : handOver(result);
  };
}
