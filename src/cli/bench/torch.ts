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

/** Chrome and Edge have it on; Node 20 behind this flag, which later ones do not know. */
const relaxedFlag = "--experimental-wasm-relaxed-simd";

type Role = "ours" | "oursRelaxed" | "oursAllCores" | "torch" | "torchAllCores";

/** In the order in which they are asked: ours, PyTorch, ours ... */
async function startAll(python: string): Promise<Map<Role, Contender>> {
  const cores = availableParallelism();
  const ours = await startOwn({ backend: "wasm", threads: 1 });
  const contenders = new Map<Role, Contender>([
    ["ours", ours],
    ["torch", await startTorch(python, 1)],
  ]);
  const flags = ours.features === "SIMD" ? [relaxedFlag] : [];
  if (flags.length > 0) contenders.set("oursRelaxed", await startOwn({ backend: "wasm", threads: 1 }, flags));
  contenders.set("torchAllCores", await startTorch(python, cores));
  contenders.set("oursAllCores", await startOwn({ backend: "wasm", threads: cores }, flags));
  return contenders;
}

/** What a column says of its contender, e.g. `ours, all cores (relaxed SIMD, 2 threads)`. */
function titleOf(role: Role, { features, threads }: Contender): string {
  const ours = !role.startsWith("torch");
  const by = `${ours ? "ours" : "torch"}${role.endsWith("AllCores") ? ", all cores" : ""}`;
  return `${by} (${ours ? `${features}, ` : ""}${threads} ${threads === 1 ? "thread" : "threads"})`;
}

/** Columns in the order of the table. */
const columns: readonly Role[] = ["torch", "ours", "oursRelaxed", "torchAllCores", "oursAllCores"];

function figuresOf(
  { network, batch, goal }: Case,
  work: Work,
  titles: ReadonlyMap<Role, string>,
  measured: ReadonlyMap<Role, Rounds>,
): Figure[] {
  const name = `${network} ${work === "train" ? "training" : "inference"} at ${batch}`;
  const table = work === "train" ? "training, images/s" : "inference, images/s";
  const rates = columns.flatMap((role): Figure[] => {
    const values = measured.get(role);
    const column = titles.get(role)!;
    const cell = { table, row: `${network}, batch ${batch}`, column };
    return values ? [{ name: `${name}, ${column}`, ...overRounds(values), unit: "images/s", cell }] : [];
  });
  const ratio = (own: Role, other: Role, toReach?: number): Figure[] => {
    const [ours, theirs] = [measured.get(own), measured.get(other)];
    if (!ours || !theirs) return [];
    const values = ours.map((rate, round) => rate / theirs[round]!);
    const aim = toReach === undefined ? {} : { goal: { atLeast: toReach } };
    return [
      { name: `${name}: ${titles.get(own)!} / ${titles.get(other)!}`, ...overRounds(values), unit: "ratio", ...aim },
    ];
  };
  return [
    ...rates,
    ...ratio("ours", "torch", work === "train" ? goal : undefined),
    ...ratio("oursRelaxed", "torch"),
    ...ratio("oursAllCores", "torchAllCores"),
  ];
}

export const torch: Benchmark = {
  name: "torch",
  description: "training and inference beside PyTorch, one thread each and all cores each",
  byDefault: false,
  async run({ quick, report }) {
    const contenders = await startAll(pythonWithTorch());
    const titles = new Map([...contenders].map(([role, contender]) => [role, titleOf(role, contender)]));
    for (const [role, { version, features }] of contenders) {
      report(`${titles.get(role)!}: ${role.startsWith("torch") ? "torch" : "tfjs"} ${version}, ${features}`);
    }
    const figures: Figure[] = [];
    try {
      for (const work of ["train", "infer"] as const) {
        for (const one of quick ? cases.slice(0, 1) : cases) {
          report(`${one.network} ${work}, batch ${one.batch}`);
          const request = { network: one.network, batch: one.batch, work, seconds: quick ? 0.5 : 1 };
          const measured = await roundsOf(contenders, request, quick ? 3 : rounds);
          figures.push(...figuresOf(one, work, titles, measured));
        }
      }
    } finally {
      for (const contender of contenders.values()) contender.end();
    }
    return figures;
  },
};
