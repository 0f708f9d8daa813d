/** A long joint run: peak memory, growth, tensors left behind; then the peak of a short run of each network. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BuildId, buildIds } from "#engine/zoo/build-ids";
import type { Benchmark, Figure } from "./benchmark";

/** Sizes in bytes. */
export interface MemoryOfRun {
  /** Resident, of the whole process. */
  readonly peak: number;
  /** Resident peak of the second half over that of the first. */
  readonly peakRatio: number;
  readonly tensorsLeaked: number;
  /** After a quarter of the steps and at the end. The JavaScript heap is what is left after collecting garbage. */
  readonly quarter: { readonly wasmHeap: number; readonly jsHeap: number };
  readonly end: { readonly wasmHeap: number; readonly jsHeap: number };
}

/** Prune, quantize and distil at once; pruning decides until half the run, so that the last quarter changes nothing. */
export function jointDocument(network: BuildId, steps: number, batchSize: number): unknown {
  const from = Math.floor(steps / 8);
  return {
    version: 1,
    seed: 1,
    dataset: { id: "mnist", train: 1000, test: 1000 },
    model: { source: `build:${network}` },
    training: { batchSize },
    evaluateEvery: Math.max(1, Math.floor(steps / 4)),
    clips: [
      { id: "t", block: "train.fine-tune", start: 0, steps },
      { id: "p", block: "prune.magnitude", start: 0, steps, params: { sparsity: 0.9, schedule: "agp" } },
      { id: "q", block: "quant.qat-fake-quant", start: from, steps: steps - from, params: { wBits: 4 } },
      { id: "k", block: "distill.kd-logits", start: from, steps: steps - from, teacher: "original" },
    ],
  };
}

/** Runs a document in a process of its own. */
async function runApart(document: unknown): Promise<MemoryOfRun> {
  const main = fileURLToPath(new URL("./memory-main.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, main, JSON.stringify(document)]);
  return JSON.parse(stdout) as MemoryOfRun;
}

const mebibytes = (bytes: number) => bytes / 2 ** 20;

export const memory: Benchmark = {
  name: "memory",
  description: "prune, quantize and distil together for 10,000 steps of mlp-300-100, then a short run of each network",
  byDefault: true,
  async run({ quick, report }) {
    const steps = quick ? 1000 : 10_000;
    report(`mlp-300-100, ${steps} steps`);
    const long = await runApart(jointDocument("mlp-300-100", steps, 16));
    const figures: Figure[] = [
      { name: `peak resident memory of ${steps} steps`, value: mebibytes(long.peak), unit: "MiB" },
      { name: "peak of the second half / of the first", value: long.peakRatio, unit: "ratio", goal: { atMost: 1.1 } },
      {
        name: "wasm heap at the end / after a quarter",
        value: long.end.wasmHeap / long.quarter.wasmHeap,
        unit: "ratio",
        goal: { atMost: 1 },
      },
      { name: "wasm heap at the end", value: mebibytes(long.end.wasmHeap), unit: "MiB" },
      {
        name: "JavaScript heap at the end / after a quarter",
        value: long.end.jsHeap / long.quarter.jsHeap,
        unit: "ratio",
        goal: { atMost: 1.1 },
      },
      { name: "JavaScript heap at the end", value: mebibytes(long.end.jsHeap), unit: "MiB" },
      { name: "tensors leaked", value: long.tensorsLeaked, unit: "tensors", goal: { atMost: 0 } },
    ];
    const networks = quick ? buildIds.filter((id) => id === "lenet5c" || id === "cnn-s") : buildIds;
    for (const network of networks) {
      report(`${network}, 24 steps of 64 images`);
      const { peak, end, tensorsLeaked } = await runApart(jointDocument(network, 24, 64));
      const cell = (column: string) => ({ table: "24 joint steps of 64 images, MiB", row: network, column });
      figures.push(
        { name: `${network}: peak resident`, value: mebibytes(peak), unit: "MiB", cell: cell("peak resident") },
        { name: `${network}: wasm heap`, value: mebibytes(end.wasmHeap), unit: "MiB", cell: cell("wasm heap") },
        {
          name: `${network}: tensors leaked`,
          value: tensorsLeaked,
          unit: "tensors",
          goal: { atMost: 0 },
        },
      );
    }
    return figures;
  },
};
