/** Images per second: networks x backends x batches, training and inference, the contenders in turns. */
import { availableParallelism } from "node:os";
import type { BuildId } from "#engine/zoo/build-ids";
import { type Benchmark, type Figure, overRounds } from "./benchmark";
import { type Contender, startOwn, type Work } from "./contender";
import { type Rounds, roundsOf } from "./rounds";

const networks = ["mlp-300-100", "lenet5c", "cnn-m", "resnet8", "mobile-t"] as const satisfies readonly BuildId[];
const batches = [64, 128, 512] as const;
const rounds = 3;

/** tfjs' cpu backend takes more than half a minute for the few steps of the others. */
const cpuTrains: readonly BuildId[] = ["mlp-300-100", "lenet5c"];
const cpuInfers: readonly BuildId[] = ["mlp-300-100", "lenet5c", "resnet8", "mobile-t"];
const cpuBatch = 64;

/** Stock tfjs has no gradients of convolutions on wasm. */
const stockTrains: readonly BuildId[] = ["mlp-300-100"];

const workName = { train: "training", infer: "inference" } as const;

/** Of each round by contender. */
type Measured = ReadonlyMap<string, Rounds>;

/** Round by round, as what disturbs one disturbs the other. */
const ratiosOf = (ours: Rounds, theirs: Rounds): number[] => theirs.map((rate, round) => ours[round]! / rate);

function figuresOf(network: BuildId, batch: number, work: Work, measured: Measured): Figure[] {
  const table = `${workName[work]}, images/s`;
  const row = `${network}, batch ${batch}`;
  const rate = (column: string, note: string): Figure => {
    const values = measured.get(column);
    const base = { name: `${network} ${workName[work]} at ${batch}, ${column}`, unit: "images/s" };
    const cell = { table, row, column };
    return values ? { ...base, ...overRounds(values), cell } : { ...base, value: null, note, cell };
  };
  return [
    rate("wasm", "not measured"),
    ...(measured.has("wasm, all threads") ? [rate("wasm, all threads", "")] : []),
    rate("wasm, stock", work === "train" ? "cannot" : "not measured"),
    rate("cpu, stock", batch === cpuBatch ? "takes too long" : ""),
  ];
}

/** What is promised: 50 times tfjs' cpu in training lenet5c, and never slower than stock tfjs in inference. */
function goalsOf(network: BuildId, batch: number, work: Work, measured: Measured, cpu: Rounds | undefined): Figure[] {
  const ours = measured.get("wasm")!;
  const stock = measured.get("wasm, stock");
  const figures: Figure[] = [];
  if (network === "lenet5c" && work === "train" && batch <= 128 && cpu) {
    figures.push({
      name: `lenet5c training at ${batch}, wasm / cpu at ${cpuBatch}`,
      ...overRounds(ours.map((rate) => rate / cpu[0]!)),
      unit: "ratio",
      goal: { atLeast: 50 },
    });
  }
  if (work === "infer" && stock) {
    figures.push({
      name: `${network} inference at ${batch}, wasm / wasm, stock`,
      ...overRounds(ratiosOf(ours, stock)),
      unit: "ratio",
      goal: { atLeast: 1 },
    });
  }
  return figures;
}

export const throughput: Benchmark = {
  name: "throughput",
  description: "training and inference of each network on wasm, beside tfjs' own wasm and cpu kernels",
  byDefault: true,
  async run({ quick, report }) {
    const ours = await startOwn({ backend: "wasm", threads: 1 });
    const threaded = await startOwn({ backend: "wasm", threads: availableParallelism() });
    const stock = await startOwn({ backend: "stock", threads: 1 });
    const cpu = await startOwn({ backend: "cpu", threads: 1 });
    const contenders = [ours, threaded, stock, cpu];
    report(`tfjs ${ours.version}; wasm: ${ours.features}, 1 thread; all threads: ${threaded.threads}`);
    const seconds = quick ? 0.2 : 0.6;
    const rates: Figure[] = [];
    const goals: Figure[] = [];
    try {
      for (const network of quick ? networks.slice(0, 2) : networks) {
        for (const work of ["train", "infer"] as const) {
          let cpuRounds: Rounds | undefined;
          for (const batch of quick ? batches.slice(0, 2) : batches) {
            const request = { network, batch, work, seconds };
            report(`${network} ${workName[work]}, batch ${batch}`);
            const able = new Map<string, Contender>([["wasm", ours]]);
            if (threaded.threads > 1) able.set("wasm, all threads", threaded);
            if (work === "infer" || stockTrains.includes(network)) able.set("wasm, stock", stock);
            const measured = await roundsOf(able, request, rounds);
            if (batch === cpuBatch && (work === "train" ? cpuTrains : cpuInfers).includes(network)) {
              cpuRounds = [(await cpu.measure(request)).imagesPerSecond];
              measured.set("cpu, stock", cpuRounds);
              // Ours once more behind it.
              measured.set("wasm", [...measured.get("wasm")!, (await ours.measure(request)).imagesPerSecond]);
            }
            rates.push(...figuresOf(network, batch, work, measured));
            goals.push(...goalsOf(network, batch, work, measured, cpuRounds));
          }
        }
      }
    } finally {
      for (const contender of contenders) contender.end();
    }
    return [
      ...rates.filter((f) => f.name.includes(" training ")),
      ...rates.filter((f) => f.name.includes(" inference ")),
      ...goals,
    ];
  },
};
