/** `bench [NAME]...`: measures, and says where a goal is missed. Never part of the tests. */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { EngineError } from "#engine/core/errors";
import { type Benchmark, type Figure, meetsGoal } from "../bench/benchmark";
import { codec } from "../bench/codec";
import { growth } from "../bench/growth";
import { memory } from "../bench/memory";
import { profile } from "../bench/profile";
import { asMarkdown, asText, withSection } from "../bench/render";
import { throughput } from "../bench/throughput";
import { shrunk } from "../bench/shrunk";
import { torch } from "../bench/torch";
import { type OutputOptions, print } from "../output";

const benchmarks: readonly Benchmark[] = [throughput, torch, memory, codec, growth, shrunk, profile];

export interface BenchCommandOptions extends OutputOptions {
  readonly quick?: boolean;
  readonly againstTorch?: boolean;
  /** A file with a place for each benchmark's tables. */
  readonly markdown?: string;
}

interface Done {
  readonly benchmark: Benchmark;
  readonly figures: readonly Figure[];
  readonly seconds: number;
}

function chosen(names: readonly string[], againstTorch: boolean): Benchmark[] {
  const known = benchmarks.map((b) => b.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new EngineError("usage", `expected benchmarks among ${known.join(", ")}, got '${unknown}'`);
  return benchmarks.filter(
    (b) => names.includes(b.name) || (names.length === 0 && b.byDefault) || (againstTorch && b === torch),
  );
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Into `file`, each benchmark in its place; at once, as the next one may fail. */
function keep(file: string, { benchmark, figures }: Done, machine: string): void {
  const heading = `${new Date().toISOString().slice(0, 10)}, ${machine}.`;
  writeFileSync(file, withSection(readFileSync(file, "utf8"), benchmark.name, asMarkdown(figures, heading)));
}

export async function benchCommand(names: readonly string[], options: BenchCommandOptions): Promise<void> {
  const { quick = false, againstTorch = false, markdown } = options;
  const model = cpus()[0]?.model ?? "unknown processor";
  const machine = `${cpus().length} cores of ${model}, Node ${process.version.slice(1)}${quick ? ", quick" : ""}`;
  const all: Done[] = [];
  for (const benchmark of chosen(names, againstTorch)) {
    say(`${benchmark.name}: ${benchmark.description}`);
    const from = performance.now();
    const figures = await benchmark.run({ quick, report: (line) => void say(`  ${line}`) });
    const done = { benchmark, figures, seconds: (performance.now() - from) / 1000 };
    all.push(done);
    if (markdown !== undefined) keep(markdown, done, machine);
    if (!options.json)
      print(null, `\n== ${benchmark.name} (${done.seconds.toFixed(0)} s)\n\n${asText(figures)}`, options);
  }
  const flat = all.flatMap(({ benchmark, figures }) =>
    figures.map((figure) => ({ benchmark: benchmark.name, ...figure, met: meetsGoal(figure) })),
  );
  const withGoal = flat.filter(({ goal }) => goal !== undefined);
  const missed = withGoal.filter(({ met }) => !met);
  const summary = [
    `\n${machine}: ${withGoal.length - missed.length} of ${withGoal.length} goals met`,
    ...missed.map(({ name }) => `MISSED  ${name}`),
    "The page's own benchmark is npm run bench:page.",
  ];
  print(
    { machine: { cpu: model, cores: cpus().length, node: process.version }, quick, figures: flat },
    summary.join("\n"),
    options,
  );
}
