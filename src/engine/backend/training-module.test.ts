import { execFileSync } from "node:child_process";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { sample, startWasm } from "./node-wasm.testing";
import { relaxedTrainingKernelsBase64, trainingKernelsBase64 } from "./training-kernels.generated";
import { TrainingModule } from "./training-module";
import type { WasmBackend } from "./wasm-types";

/** A stand-in for the backend: a heap that only grows, on a memory of the given kind. */
function heap(shared: boolean): {
  backend: WasmBackend;
  put(values: ArrayLike<number>): number;
  take(at: number, count: number): number[];
} {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared });
  let free = 1024;
  const wasm = {
    asm: { memory },
    HEAPU8: new Uint8Array(memory.buffer),
    _malloc(bytes: number): number {
      const at = free;
      free += (bytes + 15) & ~15;
      return at;
    },
    _free(): void {},
  };
  const floats = new Float32Array(memory.buffer);
  return {
    backend: { wasm } as unknown as WasmBackend,
    put(values) {
      const at = wasm._malloc(values.length * 4);
      floats.set(values, at / 4);
      return at;
    },
    take: (at, count) => [...floats.subarray(at / 4, at / 4 + count)],
  };
}

describe("TrainingModule", () => {
  it.each([
    ["a memory of one thread", false],
    ["a memory shared between threads", true],
  ])("links to %s and multiplies there", (_name, shared) => {
    const { backend, put, take } = heap(shared);
    const { functions } = TrainingModule.link(backend);
    // [[1, 2], [3, 4]] * [[5, 6], [7, 8]] = [[19, 22], [43, 50]]
    const c = put([0, 0, 0, 0]);
    functions.gemm(put([1, 2, 3, 4]), put([5, 6, 7, 8]), c, 2, 2, 2, false, false, false);
    expect(take(c, 4)).toEqual([19, 22, 43, 50]);
    functions.gemm(put([1, 2, 3, 4]), put([5, 6, 7, 8]), c, 2, 2, 2, false, false, true);
    expect(take(c, 4)).toEqual([38, 44, 86, 100]);
  });

  it("refuses a backend whose memory is hidden", () => {
    const backend = { wasm: { asm: {}, HEAPU8: new Uint8Array(8) } } as unknown as WasmBackend;
    expect(() => TrainingModule.link(backend)).toThrow("the wasm backend's memory was expected to be accessible");
  });

  it("writes nothing beyond its results, whatever the shape", () => {
    const { backend, put, take } = heap(false);
    const { functions } = TrainingModule.link(backend);
    const side = fc.integer({ min: 1, max: 13 });
    fc.assert(
      fc.property(side, side, side, fc.boolean(), fc.boolean(), (m, n, k, transposeA, transposeB) => {
        const a = sample([m, k], 1).values;
        const b = sample([k, n], 2).values;
        const c = put(new Float32Array(m * n + 8).fill(7));
        functions.gemm(put(a), put(b), c, m, n, k, transposeA, transposeB, false);
        expect(take(c + m * n * 4, 8)).toEqual(new Array(8).fill(7));
        const at = (values: ArrayLike<number>, row: number, column: number, columns: number): number =>
          values[row * columns + column]!;
        const products = take(c, m * n);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let p = 0; p < k; p++)
              sum += (transposeA ? at(a, p, i, m) : at(a, i, p, k)) * (transposeB ? at(b, j, p, k) : at(b, p, j, n));
            expect(Math.abs(products[i * n + j]! - sum)).toBeLessThan(1e-5);
          }
        }
      }),
      { numRuns: 30, seed: 7 },
    );
  });
});

/** Prints the products of two matrices of 4 x 300 and 300 x 8 by the module whose base64 comes on standard input. */
const multiply = `
  const binary = Buffer.from(require("node:fs").readFileSync(0, "utf8"), "base64");
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  exports.setScratch(1 << 20);
  const floats = new Float32Array(memory.buffer);
  for (let i = 0; i < 4 * 300; i++) floats[1000 + i] = Math.sin(i);
  for (let i = 0; i < 300 * 8; i++) floats[3000 + i] = Math.cos(i);
  exports.gemm(4000, 12000, 400, 4, 8, 300, 0, 0, 0);
  console.log(JSON.stringify([...floats.subarray(100, 132)]));
`;

/** Node before 22 has relaxed SIMD behind a flag. */
function productsOf(base64: string): number[] {
  const flags = Number.parseInt(process.versions.node, 10) < 22 ? ["--experimental-wasm-relaxed-simd"] : [];
  return JSON.parse(
    execFileSync(process.execPath, [...flags, "-e", multiply], { input: base64, encoding: "utf8" }),
  ) as number[];
}

it("multiplies alike with relaxed SIMD, but for rounding once where it rounds twice", () => {
  const plain = productsOf(trainingKernelsBase64);
  const relaxed = productsOf(relaxedTrainingKernelsBase64);
  expect(relaxed).toHaveLength(32);
  relaxed.forEach((value, i) => expect(Math.abs(value - plain[i]!), `product ${i}`).toBeLessThan(2e-5));
  expect(plain.every((value) => value !== 0)).toBe(true);
});

describe("on the backend itself", () => {
  beforeAll(startWasm);

  it("takes matrices of 70 x 1100 and 1100 x 900, which are cut into blocks in every direction", () => {
    const backend = tf.backend() as unknown as WasmBackend;
    const { functions, pointer } = ((module: TrainingModule) => ({
      functions: module.functions,
      pointer: (t: tf.Tensor) => module.pointer(t),
    }))(TrainingModule.link(backend));
    const [m, n, k] = [70, 900, 1100];
    const a = tf.tensor(sample([m, k], 1).values, [m, k]);
    const b = tf.tensor(sample([k, n], 2).values, [k, n]);
    const c = tf.zeros([m, n]);
    // A tensor of zeros may share its data with others: it is made by this test alone.
    functions.gemm(pointer(a), pointer(b), pointer(c), m, n, k, false, false, false);
    const worst = tf.tidy(() => tf.max(tf.abs(tf.sub(c, tf.matMul(a, b)))).dataSync()[0]!);
    // Sums of 1100 products of numbers in [-1, 1): about 20, of which 1e-4 is 5e-6.
    expect(worst).toBeLessThan(1e-4);
    tf.dispose([a, b, c]);
  });
});
