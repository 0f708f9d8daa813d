/**
 * Every training kernel against tfjs' cpu backend on random small cases: the compiled ones, with and without relaxed
 * SIMD, and the slow ones that stand in where those cannot run.
 */
import { setFlagsFromString } from "node:v8";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { fastKernels } from "./fast-kernels";
import { composedOps, runFused } from "./fused-composed";
import { kernelCases, type KernelCase, type KernelCaseName } from "./kernel-cases.testing";
import { relativeError, startWasm, useBackend, valuesOn } from "./node-wasm.testing";
import { slowKernels } from "./slow-kernels";
import { relaxedTrainingKernelsBase64 } from "./training-kernels.generated";
import { fastKernelReport, registerWasmTrainingKernels, unregisterWasmTrainingKernels } from "./wasm-kernels";

/**
 * How far each kernel may be from cpu, relative to the largest value of each result: both round to float32, in sums of
 * another order. Measured on these cases: at most 8e-7, and 5e-6 by Winograd's algorithm. 0 is equal to the bit, but for
 * the sign of a zero.
 */
const kernels: readonly (readonly [name: string, cases: KernelCaseName, tolerance: number])[] = [
  ["BatchMatMul", "matMul", 2e-6],
  ["Conv2D", "directConv", 2e-6],
  ["Conv2D", "winogradConv", 2e-5],
  ["FusedConv2D", "fusedDirectConv", 2e-6],
  ["FusedConv2D", "fusedWinogradConv", 2e-5],
  ["Conv2DBackpropFilter", "directFilterGradient", 2e-6],
  ["Conv2DBackpropFilter", "winogradFilterGradient", 2e-5],
  ["Conv2DBackpropInput", "directInputGradient", 2e-6],
  ["Conv2DBackpropInput", "winogradInputGradient", 2e-5],
  ["DepthwiseConv2dNativeBackpropFilter", "depthwiseFilterGradient", 2e-6],
  ["DepthwiseConv2dNativeBackpropInput", "depthwiseInputGradient", 2e-6],
  ["MaxPoolGrad", "maxPoolGradient", 1e-6],
  ["AvgPoolGrad", "averagePoolGradient", 1e-6],
  ["Sum", "reduction", 2e-6],
  ["Mean", "reduction", 2e-6],
  ["UnsortedSegmentSum", "segmentSum", 1e-6],
  ["StudioSpread", "spread", 0],
  ["StudioReluGrad", "reluGradient", 0],
  ["StudioBatchNorm", "batchNorm", 5e-6],
  ["StudioBatchNormGrad", "batchNormGradient", 2e-6],
  ["StudioAdam", "adam", 1e-6],
  ["StudioSgd", "sgd", 1e-6],
  ["StudioFollow", "follow", 1e-6],
  ["StudioSoftmaxCrossEntropy", "softmaxCrossEntropy", 2e-6],
  ["StudioFakeQuantUniform", "fakeQuantUniform", 0],
  ["StudioFakeQuantRange", "fakeQuantRange", 0],
  ["StudioFakeQuantCodebook", "fakeQuantCodebook", 0],
  ["StudioPassWithin", "passWithin", 0],
];

/** What is tfjs' own where nothing is compiled. */
const ownOfTfjs = new Set(["AvgPoolGrad", "Conv2D", "FusedConv2D", "Mean", "Sum"]);

/** Largest relative error of a kernel on wasm; throws where the results differ in shape. */
function errorOn(kernel: string, { inputs, attrs }: KernelCase): number {
  const names = Object.keys(inputs);
  const shapes: string[] = [];
  const resultsOn = (backend: "cpu" | "wasm"): Float32Array[] =>
    valuesOn(backend, Object.values(inputs), (...tensors) => {
      const named = Object.fromEntries(tensors.map((tensor, i) => [names[i], tensor]));
      const results = runFused(kernel, named, attrs);
      shapes.push(JSON.stringify(results.map(({ shape }) => shape)));
      return results;
    });
  const error = relativeError(resultsOn("wasm"), resultsOn("cpu"));
  expect(shapes[0]).toBe(shapes[1]);
  return error;
}

beforeAll(startWasm);

/** Registers the kernels and links them, to the module that fuses products and sums or to the plain one. */
function register(compiled: boolean, relaxedSimd: boolean): void {
  // Node before 22 has relaxed SIMD behind a flag.
  if (relaxedSimd && !WebAssembly.validate(Buffer.from(relaxedTrainingKernelsBase64, "base64")))
    setFlagsFromString("--experimental-wasm-relaxed-simd");
  // The self-tests run on the backend in use.
  useBackend("wasm");
  const validate = vi.spyOn(WebAssembly, "validate").mockReturnValue(relaxedSimd);
  registerWasmTrainingKernels({ compiled });
  expect(fastKernelReport()).toMatchObject({ linked: compiled, relaxedSimd });
  validate.mockRestore();
}

describe.each([
  { kind: "compiled", compiled: true, relaxedSimd: false },
  { kind: "compiled and fusing", compiled: true, relaxedSimd: true },
  { kind: "slow", compiled: false, relaxedSimd: false },
])("the $kind kernels equal the cpu backend", ({ compiled, relaxedSimd }) => {
  beforeAll(() => {
    register(compiled, relaxedSimd);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => {
    unregisterWasmTrainingKernels();
  });

  const rows = kernels.filter(([name]) => (compiled ? name in fastKernels : !ownOfTfjs.has(name)));
  it.each(rows)("%s (%s) within %d", (name, cases, tolerance) => {
    const fast = compiled ? vi.spyOn(fastKernels as Record<string, () => unknown>, name) : undefined;
    fc.assert(
      fc.property(kernelCases(cases), (drawn) => {
        expect(errorOn(name, drawn)).toBeLessThanOrEqual(tolerance);
      }),
      { numRuns: 30, seed: 7 },
    );
    // Cases that a compiled kernel leaves to the slow one prove nothing about it.
    if (fast) expect(fast.mock.results.some(({ value }) => value !== null)).toBe(true);
  });
});

it("the table has every kernel that computes", () => {
  const named = new Set(["Identity", ...kernels.map(([name]) => name)]);
  const ours = [...Object.keys(fastKernels), ...Object.keys(composedOps), ...Object.keys(slowKernels)];
  expect(ours.filter((name) => !named.has(name))).toEqual([]);
});
