/**
 * Chooses and prepares the tfjs backend on which everything runs. A candidate must compute one training step as the cpu
 * backend does; among those that do, the fastest in a short benchmark wins. Backends are imported only when tried.
 */
import * as tf from "@tensorflow/tfjs-core";
import { EngineError } from "../core/errors";
import { registerGradients } from "./gradients";
import { probeError, probeMilliseconds, probeResults } from "./probe-step";
import { gpuAdapter, softwareRenderer } from "./software-renderer";
import { startWasm, threadReport, type ThreadOptions, type ThreadReport, type WasmPaths } from "./start-wasm";
import { fastKernelReport } from "./wasm-kernels";
import { registerWebgpuKernels, webgpuKernelReport, type GpuKernelReport } from "./webgpu-kernel-set";

export const backendNames = ["webgpu", "wasm", "webgl", "cpu"] as const;
export type BackendName = (typeof backendNames)[number];
export type RequestedBackend = "auto" | BackendName;

/** wasm first: it starts at once, and where it works no software renderer need be tried. */
const trialOrder: readonly BackendName[] = ["wasm", "webgpu", "webgl", "cpu"];

export interface BackendCandidate {
  readonly name: BackendName;
  /** `skipped`: its GPU is the processor itself; it works when it is asked for. */
  readonly selfTest: "passed" | "failed" | "unavailable" | "skipped";
  /** Why it did not pass. */
  readonly error?: string;
  /** One training step of the benchmark's network; of each that passed. */
  readonly milliseconds?: number;
}

export interface BackendReport extends ThreadReport {
  readonly backend: BackendName;
  /** Why it was chosen: asked for, fastest of several, or the only one that works. */
  readonly reason: "requested" | "fastest" | "only";
  readonly candidates: readonly BackendCandidate[];
  /** Which training kernels of our own are on; null on other backends than wasm and webgpu. */
  readonly kernels: GpuKernelReport | null;
  /** Whether wasm runs on SIMD instructions; false on other backends. */
  readonly simd: boolean;
  /** Whether wasm's training kernels fuse products and sums (relaxed SIMD); false on other backends. */
  readonly relaxedSimd: boolean;
  /** Of tfjs. */
  readonly version: string;
}

export interface PrepareOptions {
  readonly requested: RequestedBackend;
  readonly wasmPaths?: WasmPaths;
  /** Threads for wasm's training kernels beside this one; without it there are none. Decided when wasm first starts. */
  readonly threads?: ThreadOptions;
  /** A clock in milliseconds, for the benchmark. */
  readonly now: () => number;
  /** What `auto` may choose from. Default: all of them; those that the host cannot have are found out. */
  readonly available?: readonly BackendName[];
}

/** Largest relative error of a training step against the cpu backend. */
const TOLERANCE = 1e-3;

/** What the self-test found: how long it took is not in it. */
type Tried = Pick<BackendCandidate, "name" | "selfTest" | "error">;

/**
 * Makes a backend the current one and says which and why. Call it before any other use of tensors; calling it again
 * changes the backend, and tensors of the old one move when they are used.
 *
 * @throws EngineError "backend-unavailable" when the requested one, or with "auto" any, is not to be had or computes
 *   wrongly; its details name each candidate and what is wrong with it
 */
export async function prepareBackend(options: PrepareOptions): Promise<BackendReport> {
  const { requested, now, available = backendNames } = options;
  // Without it tfjs advises every user of Node to install another backend.
  tf.enableProdMode();
  registerGradients();
  const names = requested === "auto" ? trialOrder.filter((name) => available.includes(name)) : [requested];
  const tried: Tried[] = [];
  for (const name of names) {
    // The cpu backend is the last resort, a hundred times slower than wasm: where anything else works it is not tried.
    if (name === "cpu" && working(tried).length > 0) continue;
    const software = requested === "auto" && working(tried).length > 0 ? await softwareRenderer(name) : null;
    tried.push(
      software === null
        ? await selfTest(name, options)
        : { name, selfTest: "skipped", error: `'${software}' computes in software, which is slower than wasm` },
    );
  }
  const passed = working(tried);
  const [first] = passed;
  if (first === undefined) throw unavailable(requested, tried);

  const milliseconds = new Map<BackendName, number>();
  // Of a single one too: a person sees the figure, and what is compiled for it is needed anyway.
  for (const name of passed) {
    await tf.setBackend(name);
    milliseconds.set(name, await (name === "cpu" ? probeMilliseconds(now, 1) : probeMilliseconds(now)));
  }
  const time = (name: BackendName): number => milliseconds.get(name) ?? Number.POSITIVE_INFINITY;
  const backend = passed.reduce((best, name) => (time(name) < time(best) ? name : best), first);
  await tf.setBackend(backend);
  return {
    backend,
    reason: requested !== "auto" ? "requested" : passed.length > 1 ? "fastest" : "only",
    candidates: tried.map((candidate) => {
      const taken = milliseconds.get(candidate.name);
      return taken === undefined ? candidate : { ...candidate, milliseconds: taken };
    }),
    kernels: backend === "wasm" ? fastKernelReport() : backend === "webgpu" ? webgpuKernelReport() : null,
    simd: backend === "wasm" && tf.env().getBool("WASM_HAS_SIMD_SUPPORT"),
    relaxedSimd: backend === "wasm" && (fastKernelReport()?.relaxedSimd ?? false),
    ...(backend === "wasm" ? threadReport() : { threads: 1 }),
    version: tf.version_core,
  };
}

const working = (tried: readonly Tried[]): BackendName[] =>
  tried.filter(({ selfTest }) => selfTest === "passed").map(({ name }) => name);

function unavailable(requested: RequestedBackend, tried: readonly Tried[]): EngineError {
  const problems = tried.map(({ name, error }) => `${name}: ${error ?? "unknown"}`);
  const wanted = requested === "auto" ? "a backend that computes rightly" : `backend '${requested}'`;
  return new EngineError(
    "backend-unavailable",
    `${wanted} was expected, got ${problems.join("; ") || "no candidates"}`,
    {
      details: { requested, problems },
    },
  );
}

const messageOf = (error: unknown): string => {
  if (error instanceof Error) return error.message;
  // tfjs' wasm backend rejects with a plain object.
  const message: unknown = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return String(message);
};

/** Starts a backend and compares a training step on it with the cpu backend's. */
async function selfTest(name: BackendName, options: PrepareOptions): Promise<Tried> {
  try {
    const missing = await start(name, options);
    if (missing !== null) return { name, selfTest: "unavailable", error: missing };
  } catch (error) {
    return { name, selfTest: "unavailable", error: messageOf(error) };
  }
  try {
    const error = probeError(await probeResults(), await cpuReference(name));
    if (error <= TOLERANCE) return { name, selfTest: "passed" };
    return { name, selfTest: "failed", error: `a relative error of at most ${TOLERANCE} was expected, got ${error}` };
  } catch (error) {
    return { name, selfTest: "failed", error: messageOf(error) };
  }
}

let reference: Promise<Float32Array[]> | null = null;

/** The step's results on the cpu backend; leaves the given backend current. */
async function cpuReference(current: BackendName): Promise<Float32Array[]> {
  reference ??= (async () => {
    await startCpu();
    return probeResults();
  })();
  try {
    return await reference;
  } finally {
    await tf.setBackend(current);
  }
}

/** Makes a backend current; answers what is missing where it cannot be, and throws where starting it fails. */
async function start(name: BackendName, { wasmPaths, threads }: PrepareOptions): Promise<string | null> {
  switch (name) {
    case "cpu":
      return (await startCpu()) ? null : "tfjs could not start it";
    case "wasm":
      return (await startWasm(wasmPaths, threads)) ? null : "tfjs could not start it";
    case "webgl":
      if (typeof OffscreenCanvas === "undefined") return "this host has no OffscreenCanvas";
      await import("@tensorflow/tfjs-backend-webgl");
      break;
    case "webgpu":
      if ((await gpuAdapter()) === null) return "this host gives no WebGPU adapter";
      await import("@tensorflow/tfjs-backend-webgpu");
      break;
  }
  if (!(await tf.setBackend(name))) return "tfjs could not start it";
  if (name === "webgl") correctWebglPrecision();
  if (name === "webgpu") await registerWebgpuKernels();
  return null;
}

async function startCpu(): Promise<boolean> {
  await import("@tensorflow/tfjs-backend-cpu");
  const started = await tf.setBackend("cpu");
  // Or it advises, in Node, to install another backend.
  if (started) (tf.backend() as { firstUse?: boolean }).firstUse = false;
  return started;
}

/**
 * tfjs says 16 bits wherever a WebGL context renders float32, and then uses an epsilon of 1e-4. That the results have
 * float32's precision is what the self-test checks.
 */
function correctWebglPrecision(): void {
  if (!tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED")) return;
  tf.backend().floatPrecision = () => 32;
}
