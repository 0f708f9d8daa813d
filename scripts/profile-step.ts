/**
 * Measures training steps of the zoo's networks on the wasm backend and says which kernels the time goes to.
 *
 *   npx tsx scripts/profile-step.ts [network] [batch] [steps] [--slow] [--kernels]
 *
 * --slow leaves out the compiled kernels' linking; --kernels adds the time of each kernel (which slows small nets a little).
 */
import { createRequire } from "node:module";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { fastKernelReport, registerWasmTrainingKernels } from "../src/engine/backend/wasm-kernels";
import { LiveModel } from "../src/engine/training/live-model";
import { trainStep } from "../src/engine/training/step";
import { builders } from "../src/engine/zoo/builders";
import { initializeValues } from "../src/engine/zoo/initialize";

const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith("--")));
const [name = "lenet5c", batchText = "64", stepsText = "20"] = process.argv.slice(2).filter((a) => !a.startsWith("--"));
const batch = Number(batchText);
const steps = Number(stepsText);

const packageFile = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json");
setWasmPaths(path.join(path.dirname(packageFile), "dist") + path.sep);
await tf.setBackend("wasm");

registerWasmTrainingKernels({ compiled: !flags.has("--slow") });
console.log(JSON.stringify(fastKernelReport()));

const spent = new Map<string, { calls: number; own: number }>();
let inner = 0;
if (flags.has("--kernels")) {
  for (const config of tf.getKernelsForBackend("wasm")) {
    tf.unregisterKernel(config.kernelName, "wasm");
    tf.registerKernel({
      ...config,
      kernelFunc: (args) => {
        const outside = inner;
        inner = 0;
        const start = process.cpuUsage();
        const result = config.kernelFunc(args);
        const { user, system } = process.cpuUsage(start);
        const total = (user + system) / 1000;
        const entry = spent.get(config.kernelName) ?? { calls: 0, own: 0 };
        entry.calls++;
        entry.own += total - inner;
        spent.set(config.kernelName, entry);
        inner = outside + total;
        return result;
      },
    });
  }
}

const build = new Map(Object.entries(builders)).get(name);
if (build === undefined) throw new Error(`one of ${Object.keys(builders).join(", ")} was expected, got '${name}'`);
const network = build();
const model = new LiveModel({
  network,
  values: initializeValues(network, 1),
  states: new Map(),
  activations: new Map(),
});
const x = tf.randomUniform([batch, 28, 28, 1], 0, 1, "float32", 1);
const labels = Int32Array.from({ length: batch }, (_, i) => i % 10);
const oneHot = tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), 10), "float32") as tf.Tensor2D;

function step(index: number): void {
  const losses = trainStep(model, {
    batch: { step: index, indices: new Uint32Array(batch), x, oneHot },
    terms: [],
    optimizer: { kind: "adam", learningRate: 1e-3, momentum: 0.9 },
    noiseSeed: index,
  });
  tf.dispose([losses.total, [...losses.parts]]);
}

for (let i = 0; i < 4; i++) step(i);
spent.clear();
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
const rows = [...spent].sort(([, a], [, b]) => b.own - a.own).slice(0, 24);
for (const [kernel, { calls, own }] of rows) {
  console.log(
    `${(own / steps).toFixed(2).padStart(9)} ms  ${String(Math.round(calls / steps)).padStart(4)} calls  ${kernel}`,
  );
}
