/** The process behind `startOwn` of contender.ts: greets, then answers each line of standard input. */
import { createInterface } from "node:readline";
import { unregisterWasmTrainingKernels } from "#engine/backend/wasm-kernels";
import { builders } from "#engine/zoo/builders";
import { nodePlatform, useBackend } from "../context";
import type { Answer, Greeting, OwnContender, Request } from "./contender";
import { featuresOf } from "./features";
import { inference, measured, trainableCount, training } from "./workload";

const { backend, threads } = JSON.parse(process.argv[2]!) as OwnContender;
const say = (value: Greeting | Answer) => process.stdout.write(`${JSON.stringify(value)}\n`);

const report = await useBackend(nodePlatform(), backend === "stock" ? "wasm" : backend, { threads });
if (backend === "stock") unregisterWasmTrainingKernels();
const features = backend === "stock" ? "tfjs' own kernels" : featuresOf(report);
say({ version: report.version, threads: report.threads, features });

for await (const line of createInterface({ input: process.stdin })) {
  const { network: name, batch, work, seconds } = JSON.parse(line) as Request;
  const network = builders[name]();
  const milliseconds = await measured(work === "train" ? training(network, batch) : inference(network, batch), seconds);
  say({ imagesPerSecond: (1000 * batch) / milliseconds, parameters: trainableCount(network) });
}
process.exit();
