/**
 * What scripts/webgpu-page.ts loads into a page: questions about training on WebGPU that only a browser can answer. They
 * are a global, `webgpuProbe`, as nothing can be imported there.
 */
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import { composedOps, runFused } from "../src/engine/backend/fused-composed";
import { registerGradients } from "../src/engine/backend/gradients";
import { areFloats, dispatch, type GpuProgram } from "../src/engine/backend/webgpu-device";
import type { GpuKernel } from "../src/engine/backend/webgpu-kernel";
import {
  registerWebgpuKernels,
  unregisterWebgpuKernels,
  type GpuKernelReport,
} from "../src/engine/backend/webgpu-kernel-set";
import { gpuKernels } from "../src/engine/backend/webgpu-kernels";
import { inputOf } from "../src/engine/backend/wasm-types";
import { plainSnapshot, type Snapshot } from "../src/engine/core/snapshot";
import { channelGroups } from "../src/engine/surgery/channel-groups";
import { removeChannels } from "../src/engine/surgery/remove-channels";
import { LiveModel } from "../src/engine/training/live-model";
import { classification } from "../src/engine/tasks/classification";
import { trainStep } from "../src/engine/training/step";
import type { BuildId } from "../src/engine/zoo/build-ids";
import { builders } from "../src/engine/zoo/builders";
import { initializeValues } from "../src/engine/zoo/initialize";
import { operationCases, type Filling } from "./webgpu-cases";

export interface StepCounts {
  readonly losses: readonly number[];
  /** Of each step. */
  readonly dispatches: readonly number[];
  readonly submits: readonly number[];
  readonly readBacks: readonly number[];
  /** Tensors that the second step and those after it left behind. */
  readonly tensorsLeft: number;
}

const probe = {
  /** Tests and registers the kernels. */
  async register(): Promise<GpuKernelReport> {
    await start();
    return registerWebgpuKernels();
  },

  /** Largest error of each operation against the composed one on the cpu, on the scale of the largest value. */
  async errors(): Promise<{ readonly name: string; readonly error: number }[]> {
    await start();
    await registerWebgpuKernels();
    const found: { name: string; error: number }[] = [];
    for (const { name, inputs, attrs } of operationCases) {
      const expected = await resultsOn("cpu", inputs, (tensors) => composedOps[name]!(tensors, attrs));
      const actual = await resultsOn("webgpu", inputs, (tensors) => runFused(name, tensors, attrs));
      expected.forEach((values, index) => {
        found.push({ name: `${name}[${index}]`, error: relativeError(actual[index]!, values) });
      });
    }
    return found;
  },

  /** Steps of Adam on noise of side x side pixels, with the kernels or without. */
  async steps(id: BuildId, side: number, steps: number, fused: boolean): Promise<StepCounts> {
    const backend = await start();
    if (fused) await registerWebgpuKernels();
    else unregisterWebgpuKernels();
    const model = new LiveModel(built(id, side));
    const counted = count(backend);
    const losses: number[] = [];
    const counts: { dispatches: number; submits: number; readBacks: number }[] = [];
    let tensors = 0;
    for (let step = 0; step < steps; step++) {
      counted.reset();
      const loss = train(model, side, step);
      counts.push({ ...counted.now });
      losses.push((await loss.data())[0]!);
      loss.dispose();
      if (step === 0) tensors = tf.memory().numTensors;
    }
    const tensorsLeft = tf.memory().numTensors - tensors;
    counted.stop();
    model.dispose();
    return {
      losses,
      dispatches: counts.map(({ dispatches }) => dispatches),
      submits: counts.map(({ submits }) => submits),
      readBacks: counts.map(({ readBacks }) => readBacks),
      tensorsLeft,
    };
  },

  /** What becomes of an optimizer that is wrong, of a shader that does not compile, and of kernels beside them. */
  async withBroken(): Promise<GpuKernelReport> {
    await start();
    unregisterWebgpuKernels();
    const report = await registerWebgpuKernels({
      StudioAdam: (...args) => gpuKernels["StudioSgd"]!(args[0], { ...args[1], velocity: args[1]["m"] }, args[2]),
      StudioReluGrad: broken,
      StudioSpread: gpuKernels["StudioSpread"]!,
    });
    const dy = tf.ones([3]);
    const [dx] = runFused("StudioReluGrad", { dy, x: dy }, { ceiling: 6 });
    const sum = await tf.tidy(() => tf.sum(dx!)).data();
    tf.dispose([dx!, dy]);
    unregisterWebgpuKernels();
    if (sum[0] !== 3) throw new Error(`a sum of 3 was expected of the composed operation, got ${sum[0]}`);
    return report;
  },

  /** Bytes of GPU memory after a step of a network, after surgery, and after a step of what is left of it. */
  async surgery(
    id: BuildId,
    side: number,
  ): Promise<{ readonly before: number; readonly cut: number; readonly after: number }> {
    const backend = await start();
    await registerWebgpuKernels();
    const allocated = () => backend.memory().numBytesAllocatedInGPU;
    const model = new LiveModel(built(id, side));
    await trained(model, side);
    const before = allocated();
    const snapshot = await model.snapshot();
    const removals = channelGroups(snapshot.network).map(
      ({ id: group, units }) => [group, Array.from({ length: units >> 1 }, (_, unit) => unit)] as const,
    );
    const { snapshot: small, kept } = removeChannels(snapshot, new Map(removals));
    model.replace(small, kept);
    const cut = allocated();
    await trained(model, side);
    const after = allocated();
    model.dispose();
    return { before, cut, after };
  },
};

export type WebgpuProbe = typeof probe;

async function start(): Promise<WebGPUBackend> {
  tf.enableProdMode();
  registerGradients();
  if (!(await tf.setBackend("webgpu"))) throw new Error("backend webgpu was expected to start");
  return tf.backend() as WebGPUBackend;
}

const batch = 4;

const built = (id: BuildId, side: number): Snapshot => {
  const network = builders[id]([side, side, 1]);
  return plainSnapshot(network, initializeValues(network, 1));
};

function filled({ shape, low, high, zeroOrOne }: Filling, seed: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, (_, i) => {
    const value = low + (high - low) * ((i * 0.6180339887 + seed * 0.377) % 1);
    return zeroOrOne ? Number(value > 0) : value;
  });
  return tf.tensor(values, [...shape], "float32");
}

async function resultsOn(
  backend: "cpu" | "webgpu",
  fillings: Readonly<Record<string, Filling>>,
  compute: (tensors: Record<string, tf.Tensor>) => tf.Tensor[],
): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const inputs = Object.fromEntries(
    Object.entries(fillings).map(([input, filling], seed) => [input, filled(filling, seed + 1)]),
  );
  const results = tf.tidy(() => compute(inputs));
  const values = await Promise.all(results.map(async (tensor) => Float32Array.from(await tensor.data())));
  tf.dispose([...results, ...Object.values(inputs)]);
  return values;
}

function relativeError(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = 1e-6;
  expected.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(actual[i]! - value));
    scale = Math.max(scale, Math.abs(value));
  });
  return difference / scale;
}

/** One step of Adam on noise; answers the loss. */
function train(model: LiveModel, side: number, step: number): tf.Scalar {
  const x = tf.randomUniform([batch, side, side, 1], 0, 1, "float32", step + 1);
  const hot = new Float32Array(batch * 10);
  for (let image = 0; image < batch; image++) hot[image * 10 + (image % 10)] = 1;
  const oneHot = tf.tensor2d(hot, [batch, 10]);
  const { total, parts } = trainStep(model, {
    task: classification,
    batch: { step, keys: new Uint32Array(batch), x, targets: { oneHot } },
    terms: [],
    optimizer: { kind: "adam", learningRate: 1e-3, momentum: 0.9 },
    noiseSeed: step,
  });
  tf.dispose([x, oneHot, ...parts]);
  return total;
}

async function trained(model: LiveModel, side: number): Promise<void> {
  const loss = train(model, side, 0);
  await loss.data();
  loss.dispose();
}

const doesNotCompile: GpuProgram = {
  key: "does-not-compile",
  inputs: ["dy", "x"],
  outputs: ["dx"],
  uniforms: [],
  workgroupSize: 64,
  body: "dx[index] = nothing;",
};

const broken: GpuKernel = (backend, inputs) => {
  const bound = [inputOf(inputs, "dy"), inputOf(inputs, "x")];
  return areFloats(backend, ...bound) ? dispatch(backend, doesNotCompile, bound, [bound[0]!], 1, {}) : null;
};

/** Counts what a backend records and waits for. */
function count(backend: WebGPUBackend) {
  const now = { dispatches: 0, submits: 0, readBacks: 0 };
  const watched = backend as unknown as Record<string, unknown>;
  const watch = (method: string, counter: keyof typeof now) => {
    const own = (backend as unknown as Record<string, (...args: unknown[]) => unknown>)[method]!;
    watched[method] = (...args: unknown[]) => {
      now[counter]++;
      return own.apply(backend, args);
    };
  };
  watch("recordAndSubmit", "dispatches");
  watch("submitQueue", "submits");
  watch("read", "readBacks");
  watch("readSync", "readBacks");
  return {
    now,
    reset: () => Object.assign(now, { dispatches: 0, submits: 0, readBacks: 0 }),
    stop() {
      for (const method of ["recordAndSubmit", "submitQueue", "read", "readSync"]) delete watched[method];
    },
  };
}

(globalThis as unknown as { webgpuProbe: WebgpuProbe }).webgpuProbe = probe;
