/**
 * Measures training steps of the zoo's networks on the wasm backend and says which kernels the time goes to.
 *
 *   npx tsx scripts/profile-step.ts [network] [batch] [steps] [--slow] [--kernels] [--threads N]
 *                                    [--qat | --codebook]
 *
 * --slow leaves out the compiled kernels' linking; --threads computes them on so many threads (1 by default); --kernels adds the time of each kernel (which slows small nets a little);
 * --qat trains with fake quantizers of 4 bits on all weights, channel by channel, and on all activations that a layer
 * reads, whose ranges follow the data; --codebook with 16 values for each tensor of weights.
 */
import { createRequire } from "node:module";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import { profileKernels } from "../src/engine/backend/kernel-profile";
import { startWasm, threadReport } from "../src/engine/backend/start-wasm";
import { fastKernelReport, registerWasmTrainingKernels } from "../src/engine/backend/wasm-kernels";
import { quantizeWeights } from "../src/engine/blocks/shared/quantization/quantize";
import { affineRange } from "../src/engine/quantizers/activations/affine";
import { weightedNodes } from "../src/engine/core/network";
import { plainSnapshot, type Snapshot } from "../src/engine/core/snapshot";
import { foldBatchNorm } from "../src/engine/surgery/fold-batch-norm";
import { LiveModel } from "../src/engine/training/live-model";
import { classification } from "../src/engine/tasks/classification";
import { trainStep } from "../src/engine/training/step";
import { builders } from "../src/engine/zoo/builders";
import { initializeValues } from "../src/engine/zoo/initialize";
import { nodeThreads } from "../src/platform/node-threads";

const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith("--")));
const threadsAt = process.argv.indexOf("--threads");
const most = threadsAt < 0 ? 1 : Number(process.argv.splice(threadsAt + 1, 1)[0]);
const [name = "lenet5c", batchText = "64", stepsText = "20"] = process.argv.slice(2).filter((a) => !a.startsWith("--"));
const batch = Number(batchText);
const steps = Number(stepsText);

const packageFile = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json");
registerWasmTrainingKernels({ compiled: !flags.has("--slow") });
tf.enableProdMode();
await startWasm(path.join(path.dirname(packageFile), "dist") + path.sep, { host: nodeThreads(), most });
console.log(JSON.stringify({ ...fastKernelReport(), ...threadReport() }));

/** Processor time holds still when the machine is shared; of several threads it counts all. */
function processorMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
const profile = flags.has("--kernels")
  ? profileKernels("wasm", most === 1 ? processorMilliseconds : () => performance.now())
  : null;

const build = new Map(Object.entries(builders)).get(name);
if (build === undefined) throw new Error(`one of ${Object.keys(builders).join(", ")} was expected, got '${name}'`);
const BITS = 4;

/** Four bits everywhere, as quantization-aware training has it: batch normalization folded, one scale a channel. */
function quantized(snapshot: Snapshot): Snapshot {
  const settings = {
    wBits: BITS,
    edgeBits: BITS,
    granularity: "channel",
    calibration: "minmax",
    percentile: 100,
  } as const;
  const weights = quantizeWeights(foldBatchNorm(snapshot), settings);
  const read = weightedNodes(weights.network).flatMap((node) => node.inputs);
  return { ...weights, activations: new Map(read.map((id) => [id, affineRange(0, 4, BITS)])) };
}

/** Sixteen values for each kernel. */
function clustered(snapshot: Snapshot): Snapshot {
  const values = Float32Array.from({ length: 2 ** BITS }, (_, k) => (k - 7.5) / 50);
  const kernels = weightedNodes(snapshot.network).map((node) => node.params.kernel!.name);
  return {
    ...snapshot,
    states: new Map(kernels.map((kernel) => [kernel, { quantizer: { kind: "codebook", values } }])),
  };
}

const network = build();
const plain = plainSnapshot(network, initializeValues(network, 1));
const model = new LiveModel(flags.has("--qat") ? quantized(plain) : flags.has("--codebook") ? clustered(plain) : plain);
model.observeActivations({ decay: 0.99, frozen: false });
const x = tf.randomUniform([batch, 28, 28, 1], 0, 1, "float32", 1);
const labels = Int32Array.from({ length: batch }, (_, i) => i % 10);
const oneHot = tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), 10), "float32") as tf.Tensor2D;

function step(index: number): void {
  const losses = trainStep(model, {
    task: classification,
    batch: { step: index, keys: new Uint32Array(batch), x, targets: { oneHot } },
    terms: [],
    optimizer: { kind: "adam", learningRate: 1e-3, momentum: 0.9 },
    noiseSeed: index,
  });
  tf.dispose([losses.total, [...losses.parts]]);
}

for (let i = 0; i < 4; i++) step(i);
profile?.reset();
const before = tf.memory().numTensors;
const times: number[] = [];
const cpuBefore = process.cpuUsage();
for (let i = 0; i < steps; i++) {
  const start = performance.now();
  step(i);
  times.push(performance.now() - start);
}
const cpu = process.cpuUsage(cpuBefore);
/** Processor time holds still when the machine is shared; on an idle one it is the wall time of one thread. */
const cpuMilliseconds = (cpu.user + cpu.system) / 1000 / steps;
times.sort((a, b) => a - b);
const median = times[times.length >> 1] ?? Number.NaN;
const fastest = times[0] ?? Number.NaN;
console.log(
  `${name}, batch ${batch}: median ${median.toFixed(1)} ms a step, ${((batch / median) * 1000).toFixed(0)} images/s; ` +
    `cpu ${cpuMilliseconds.toFixed(1)} ms, ${((batch / cpuMilliseconds) * 1000).toFixed(0)} images/s; ` +
    `fastest ${fastest.toFixed(1)} ms, ${((batch / fastest) * 1000).toFixed(0)} images/s; tensors left ${tf.memory().numTensors - before}`,
);
for (const { kernel, calls, milliseconds } of profile?.times().slice(0, 24) ?? []) {
  console.log(
    `${(milliseconds / steps).toFixed(2).padStart(9)} ms  ${String(Math.round(calls / steps)).padStart(4)} calls  ${kernel}`,
  );
}
