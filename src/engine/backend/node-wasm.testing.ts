/**
 * For tests only: brings up tfjs' wasm and cpu backends in Node and runs one computation on either.
 */
import { createRequire } from "node:module";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

/** The folder of the installed package that holds the .wasm files, with a slash at its end. */
export function wasmFolder(): string {
  const require = createRequire(import.meta.url);
  return path.join(path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist") + path.sep;
}

/** Starts both backends and leaves wasm chosen. */
export async function startWasm(): Promise<void> {
  setWasmPaths(wasmFolder());
  await tf.setBackend("cpu");
  if (!(await tf.setBackend("wasm"))) throw new Error("backend wasm was expected to start");
  await tf.ready();
}

/** A tensor as plain data, to be made anew on either backend. */
export interface Sample {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** Numbers in [-1, 1) that depend on the seed alone (a linear congruential generator, Numerical Recipes' constants). */
export function sample(shape: readonly number[], seed: number): Sample {
  const values = new Float32Array(shape.reduce((size, length) => size * length, 1));
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return { shape, values };
}

export function tensorOf({ shape, values }: Sample): tf.Tensor {
  return tf.tensor(values.slice(), [...shape], values instanceof Int32Array ? "int32" : "float32");
}

/** Makes a started backend the one that computes. tf.setBackend would too, but asynchronously. */
export function useBackend(name: "cpu" | "wasm"): void {
  const engine = tf.engine();
  engine.backendName = name;
  (engine as unknown as { backendInstance: tf.KernelBackend }).backendInstance = tf.findBackend(name);
}

/** Runs compute on a backend and reads what it returns; checks that no tensor is left behind. */
export function valuesOn(
  backend: "cpu" | "wasm",
  inputs: readonly Sample[],
  compute: (...tensors: tf.Tensor[]) => tf.Tensor[],
): Float32Array[] {
  useBackend(backend);
  const before = tf.memory();
  const outputs = tf.tidy(() => compute(...inputs.map(tensorOf)));
  const values = outputs.map((output) => Float32Array.from(output.dataSync()));
  tf.dispose(outputs);
  const after = tf.memory();
  if (after.numTensors !== before.numTensors || after.numDataBuffers !== before.numDataBuffers) {
    throw new Error(
      `${String(before.numTensors)} tensors in ${String(before.numDataBuffers)} buffers were expected on ${backend}, ` +
        `got ${String(after.numTensors)} in ${String(after.numDataBuffers)}`,
    );
  }
  return values;
}

/** max |a - b| / max(|b|), over all elements of all pairs; the largest value decides the scale, as sums cancel. */
export function relativeError(actual: readonly Float32Array[], expected: readonly Float32Array[]): number {
  if (actual.length !== expected.length)
    throw new Error(`${String(expected.length)} results were expected, got ${String(actual.length)}`);
  let worst = 0;
  expected.forEach((reference, index) => {
    const values = actual[index] ?? new Float32Array();
    if (values.length !== reference.length) {
      throw new Error(`${String(reference.length)} values were expected, got ${String(values.length)}`);
    }
    let difference = 0;
    let scale = 1e-6;
    reference.forEach((value, i) => {
      difference = Math.max(difference, Math.abs((values[i] ?? Number.NaN) - value));
      scale = Math.max(scale, Math.abs(value));
    });
    const error = difference / scale;
    if (!(error <= worst)) worst = error;
  });
  return worst;
}
