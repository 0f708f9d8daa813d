/**
 * Tests the WebGPU kernels against the composed operations on the device itself, and registers those that agree. One that
 * does not is left out, and the report says why; everything works without them, in more dispatches.
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
    await compilePrograms(backend.device, [...trainingPrograms, ...quantizerPrograms]);
    for (const [name, kernel] of Object.entries(kernels)) {
      const reason = await problemOf(backend, name, kernel);
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

/** Why a kernel may not be used, or null. */
async function problemOf(backend: WebGPUBackend, name: string, kernel: GpuKernel): Promise<string | null> {
  let covered = 0;
  for (const test of gpuSelfTestCases(name)) {
    // What a shader or a binding has wrong is said here, later than the call, and nowhere else.
    backend.device.pushErrorScope("validation");
    let problem: string | null;
    try {
      const found = await compare(backend, name, kernel, test);
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
async function compare(
  backend: WebGPUBackend,
  name: string,
  kernel: GpuKernel,
  test: SelfTestCase,
): Promise<number | null> {
  const inputs = Object.fromEntries(
    Object.entries(test.inputs).map(([input, { shape, low, high }], place) => {
      const values = Float32Array.from(
        { length: tf.util.sizeFromShape([...shape]) },
        (_, i) => low + (high - low) * wave(i + 7 * place),
      );
      return [input, tf.tensor(values, [...shape], "float32")];
    }),
  );
  const owned: tf.Tensor[] = Object.values(inputs);
  try {
    const made = kernel(backend, inputs, test.attrs)?.map((info) => tf.engine().makeTensorFromTensorInfo(info));
    if (made === undefined) return null;
    owned.push(...made);
    // Read before the other side is computed: an invalid dispatch takes with it all that is submitted beside it.
    const actual = await valuesOf(made);
    const wanted = tf.tidy(() => referenceOf(name, inputs, test.attrs));
    owned.push(...wanted);
    const expected = await valuesOf(wanted);
    if (made.map(({ shape }) => shape.join()).join(";") !== wanted.map(({ shape }) => shape.join()).join(";")) {
      throw new Error(
        `shapes ${wanted.map(({ shape }) => `[${shape.join(", ")}]`).join()} were expected, ` +
          `got ${made.map(({ shape }) => `[${shape.join(", ")}]`).join()}`,
      );
    }
    return Math.max(...expected.map((values, index) => relativeError(actual[index] ?? new Float32Array(), values)));
  } finally {
    tf.dispose(owned);
  }
}

/** What tfjs or the composed operation makes of a case. */
function referenceOf(name: string, inputs: Record<string, tf.Tensor>, attrs: SelfTestCase["attrs"]): tf.Tensor[] {
  const composed = composedOps[name];
  if (composed) return composed(inputs, attrs);
  const results = tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
  return Array.isArray(results) ? results : [results];
}

async function valuesOf(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const values: Float32Array[] = [];
  for (const tensor of tensors) values.push((await tensor.data()) as Float32Array);
  return values;
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
