/**
 * Tests the WebGPU kernels against the composed operations, and registers those that agree. One that does not is left
 * out, and the report says why; everything works without them, in more dispatches.
 */
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import type { FastKernelReport } from "./fast-kernel-set";
import { composedOps } from "./fused-composed";
import type { SelfTestCase } from "./self-test-cases";
import { composedKernel } from "./wasm-types";
import { WEBGPU, asWebgpuBackend, compilePrograms } from "./webgpu-device";
import type { GpuKernel } from "./webgpu-kernel";
import { gpuKernels } from "./webgpu-kernels";
import { trainingPrograms } from "./webgpu-programs";
import { quantizerPrograms } from "./webgpu-quantizers";
import { gpuSelfTestCases } from "./webgpu-self-test-cases";

/** Largest relative error at which a kernel passes: a GPU may round divisions, roots and exponentials by some units. */
const TOLERANCE = 1e-4;

/** Which of the kernels are in use. */
export type GpuKernelReport = Pick<FastKernelReport, "linked" | "enabled" | "rejected">;

interface Registered {
  readonly backend: tf.KernelBackend;
  readonly report: GpuKernelReport;
  /** What stood in the registry before, by kernel name. */
  readonly before: ReadonlyMap<string, tf.KernelConfig | undefined>;
}

/** Null while nothing of ours is registered. */
let registered: Registered | null = null;

/**
 * Registers the training kernels on backend 'webgpu', which must be the current one. Calling it again does nothing, unless
 * the backend was started anew.
 *
 * @param kernels what to register. Default: all there are.
 * @returns which are in use; `linked` is false where tfjs' insides are not as webgpu-device.ts knows them
 */
export async function registerWebgpuKernels(
  kernels: Readonly<Record<string, GpuKernel>> = gpuKernels,
): Promise<GpuKernelReport> {
  const current = tf.backend();
  if (registered?.backend === current) return registered.report;
  unregisterWebgpuKernels();
  const backend = asWebgpuBackend(current);
  const enabled: string[] = [];
  const rejected: { name: string; reason: string }[] = [];
  if (backend === null) {
    rejected.push({ name: "*", reason: "tfjs' webgpu backend of version 4 was expected, got another" });
  } else {
    const compiled = compilePrograms(backend.device, [...trainingPrograms, ...quantizerPrograms]);
    const expectations = await expectationsOf(Object.keys(kernels));
    await compiled;
    for (const [name, kernel] of Object.entries(kernels)) {
      const reason = await problemOf(backend, kernel, expectations.get(name)!);
      if (reason === null) enabled.push(name);
      else rejected.push({ name, reason });
    }
  }
  // After all tests: what they compare with must not run on what they test.
  const before = new Map(enabled.map((name) => [name, register(name, kernels[name]!)]));
  registered = { backend: current, report: { linked: backend !== null, enabled, rejected }, before };
  return registered.report;
}

/** Puts the registry back as it was. Calling it again does nothing. */
export function unregisterWebgpuKernels(): void {
  for (const [name, own] of registered?.before ?? []) {
    tf.unregisterKernel(name, WEBGPU);
    if (own !== undefined) tf.registerKernel(own);
  }
  registered = null;
}

/** Which kernels are in use, and why not the others; null where registerWebgpuKernels has not been called. */
export const webgpuKernelReport = (): GpuKernelReport | null => registered?.report ?? null;

/** @returns what was registered under that name */
function register(kernelName: string, kernel: GpuKernel): tf.KernelConfig | undefined {
  const own = tf.getKernel(kernelName, WEBGPU);
  const otherwise = own?.kernelFunc ?? composedKernel(composedOps[kernelName]!);
  if (own !== undefined) tf.unregisterKernel(kernelName, WEBGPU);
  tf.registerKernel({
    kernelName,
    backendName: WEBGPU,
    kernelFunc: (args) => {
      const made = kernel(args.backend as WebGPUBackend, args.inputs, args.attrs);
      if (made === null) return otherwise(args);
      return made.length === 1 ? made[0]! : [...made];
    },
  });
  return own;
}

interface Values {
  readonly shape: number[];
  readonly values: Float32Array;
}

/** A case with what the composed operation makes of it. */
interface Expectation {
  readonly inputs: ReadonlyMap<string, Values>;
  readonly attrs: SelfTestCase["attrs"];
  readonly results: readonly Values[];
}

/** By kernel name, computed on the cpu backend: the device need not compile the many shaders of a composed operation. */
async function expectationsOf(names: readonly string[]): Promise<ReadonlyMap<string, readonly Expectation[]>> {
  await import("@tensorflow/tfjs-backend-cpu");
  const current = tf.getBackend();
  await tf.setBackend("cpu");
  try {
    const found = new Map<string, readonly Expectation[]>();
    for (const name of names)
      found.set(name, await Promise.all(gpuSelfTestCases(name).map((test) => expectationOf(name, test))));
    return found;
  } finally {
    await tf.setBackend(current);
  }
}

async function expectationOf(name: string, test: SelfTestCase): Promise<Expectation> {
  const inputs = new Map<string, Values>();
  for (const [input, { shape, low, high }] of Object.entries(test.inputs)) {
    const place = 7 * inputs.size;
    const values = Float32Array.from(
      { length: tf.util.sizeFromShape([...shape]) },
      (_, i) => low + (high - low) * wave(i + place),
    );
    inputs.set(input, { shape: [...shape], values });
  }
  const tensors = tf.tidy(() => {
    const lent = Object.fromEntries([...inputs].map(([input, values]) => [input, tensorOf(values)]));
    return composedOps[name]?.(lent, test.attrs) ?? [tf.engine().runKernel(name, lent, test.attrs as tf.NamedAttrMap)];
  }) as tf.Tensor[];
  const results = await valuesOf(tensors);
  tf.dispose(tensors);
  return { inputs, attrs: test.attrs, results };
}

const tensorOf = ({ shape, values }: Values): tf.Tensor => tf.tensor(values.slice(), shape, "float32");

const valuesOf = (tensors: readonly tf.Tensor[]): Promise<Values[]> =>
  Promise.all(tensors.map(async (tensor) => ({ shape: tensor.shape, values: Float32Array.from(await tensor.data()) })));

/** Why a kernel may not be used, or null. */
async function problemOf(
  backend: WebGPUBackend,
  kernel: GpuKernel,
  cases: readonly Expectation[],
): Promise<string | null> {
  let covered = 0;
  for (const test of cases) {
    // What a shader or a binding has wrong is said here, later than the call, and nowhere else.
    backend.device.pushErrorScope("validation");
    let problem: string | null;
    try {
      const found = await compare(backend, kernel, test);
      if (found !== null) covered++;
      problem = found === null || found < TOLERANCE ? null : `an error below ${TOLERANCE} was expected, got ${found}`;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    const invalid = await backend.device.popErrorScope();
    if (invalid !== null) return invalid.message;
    if (problem !== null) return problem;
  }
  return covered > 0 ? null : "a case that the kernel covers was expected, got none";
}

/** The largest relative error on a case; null where the kernel does not cover it. */
async function compare(backend: WebGPUBackend, kernel: GpuKernel, test: Expectation): Promise<number | null> {
  const inputs = Object.fromEntries([...test.inputs].map(([input, values]) => [input, tensorOf(values)]));
  const owned: tf.Tensor[] = Object.values(inputs);
  try {
    const made = kernel(backend, inputs, test.attrs)?.map((info) => tf.engine().makeTensorFromTensorInfo(info));
    if (made === undefined) return null;
    owned.push(...made);
    const actual = await valuesOf(made);
    const [shapes, wanted] = [actual, test.results].map((all) =>
      all.map(({ shape }) => `[${shape.join(", ")}]`).join(),
    );
    if (shapes !== wanted) throw new Error(`shapes ${wanted} were expected, got ${shapes}`);
    return Math.max(...test.results.map(({ values }, index) => relativeError(actual[index]!.values, values)));
  } finally {
    tf.dispose(owned);
  }
}

/** Numbers in [0, 1) without a pattern a kernel could get right by chance. */
const wave = (i: number): number => (i * 0.6180339887) % 1;

/** On the scale of the largest value; infinity where a value is not a number. */
function relativeError(actual: Float32Array, expected: Float32Array): number {
  let difference = 0;
  let scale = 1e-6;
  expected.forEach((value, i) => {
    const apart = Math.abs((actual[i] ?? Number.NaN) - value);
    difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(difference, apart);
    scale = Math.max(scale, Math.abs(value));
  });
  return difference / scale;
}
