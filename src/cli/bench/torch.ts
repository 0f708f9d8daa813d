/** Training and inference beside PyTorch on the same machine: one thread each, then all cores. */
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { EngineError } from "#engine/core/errors";
import type { BuildId } from "#engine/zoo/build-ids";
import { type Benchmark, type Figure, overRounds } from "./benchmark";
import { type Contender, startOwn, startTorch, type Work } from "./contender";
import { type Rounds, roundsOf } from "./rounds";

/** PyTorch's figures jump, by a factor of two between runs of Debian's on a shared machine; hence so many. */
const rounds = 5;

interface Case {
  readonly network: BuildId;
  readonly batch: number;
  /** Ours over PyTorch's in training, one thread each. */
  readonly goal?: number;
}

const cases: readonly Case[] = [
  { network: "lenet5c", batch: 64, goal: 1 },
  { network: "lenet5c", batch: 128, goal: 1 },
  { network: "cnn-m", batch: 64, goal: 0.5 },
  { network: "resnet8", batch: 64, goal: 0.5 },
  { network: "mobile-t", batch: 64 },
  { network: "mlp-300-100", batch: 64 },
];

/** What the environment names, what comes first, Debian's. */
const pythons = [...(process.env["PYTHON"] ? [process.env["PYTHON"]] : []), "python3", "/usr/bin/python3"];

/** @throws EngineError `usage` where no Python here has torch */
export function pythonWithTorch(candidates: readonly string[] = pythons): string {
  const found = candidates.find(
    (python) => spawnSync(python, ["-c", "import torch"], { timeout: 60_000 }).status === 0,
  );
  if (found !== undefined) return found;
  throw new EngineError(
    "usage",
    `--against-torch expected a Python that imports torch, tried ${candidates.join(", ")}; ` +
      "'apt-get install python3-torch' or 'pip install torch' gives one, PYTHON=<path> names another",
  );
}

const oursRelaxed = "ours, relaxed SIMD";
/** Chrome and Edge have it on; Node 20 behind a flag. */
const relaxedFlag = "--experimental-wasm-relaxed-simd";

function figuresOf({ network, batch, goal }: Case, work: Work, measured: ReadonlyMap<string, Rounds>): Figure[] {
  const name = `${network} ${work === "train" ? "training" : "inference"} at ${batch}`;
  const table = work === "train" ? "training, images/s" : "inference, images/s";
  const rates = [...measured].map(([column, values]) => ({
    name: `${name}, ${column}`,
    ...overRounds(values),
    unit: "images/s",
    cell: { table, row: `${network}, batch ${batch}`, column },
  }));
  const ratio = (own: string, other: string, toReach?: number): Figure[] => {
    const [ours, theirs] = [measured.get(own), measured.get(other)];
    if (!ours || !theirs) return [];
    const goalOf = toReach !== undefined && work === "train" ? { goal: { atLeast: toReach } } : {};
    const values = ours.map((rate, round) => rate / theirs[round]!);
    return [{ name: `${name}: ${own} / ${other}`, ...overRounds(values), unit: "ratio", ...goalOf }];
  };
  return [
    ...rates,
    ...ratio("ours", "torch", goal),
    ...ratio(oursRelaxed, "torch"),
    ...ratio("ours, all cores", "torch, all cores"),
  ];
}

export const torch: Benchmark = {
  name: "torch",
  description: "training and inference beside PyTorch, one thread each and all cores each",
  byDefault: false,
  async run({ quick, report }) {
    const python = pythonWithTorch();
    const cores = availableParallelism();
    const contenders = new Map<string, Contender>([
      ["ours", await startOwn({ backend: "wasm", threads: 1 })],
      ["torch", await startTorch(python, 1)],
      [oursRelaxed, await startOwn({ backend: "wasm", threads: 1 }, [relaxedFlag])],
      ["ours, all cores", await startOwn({ backend: "wasm", threads: cores })],
      ["torch, all cores", await startTorch(python, cores)],
    ]);
    for (const [name, { version, features, threads }] of contenders) {
      report(`${name}: ${name.startsWith("torch") ? "torch" : "tfjs"} ${version}, ${features}, threads ${threads}`);
    }
    const figures: Figure[] = [];
    try {
      for (const work of ["train", "infer"] as const) {
        for (const one of quick ? cases.slice(0, 1) : cases) {
          report(`${one.network} ${work}, batch ${one.batch}`);
          const request = { network: one.network, batch: one.batch, work, seconds: quick ? 0.5 : 1 };
          figures.push(...figuresOf(one, work, await roundsOf(contenders, request, quick ? 3 : rounds)));
        }
      }
    } finally {
      for (const contender of contenders.values()) contender.end();
    }
    return figures;
  },
};
