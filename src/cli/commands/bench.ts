/** `bench [NAME]...`: measures, and says where a goal is missed. Never part of the tests. */
import { cpus } from "node:os";
import { EngineError } from "#engine/core/errors";
import { type Benchmark, meetsGoal } from "../bench/benchmark";
import { codec } from "../bench/codec";
import { memory } from "../bench/memory";
import { throughput } from "../bench/throughput";
import { type OutputOptions, print, table } from "../output";

const benchmarks: readonly Benchmark[] = [throughput, codec, memory];

const goalText = (goal: { atLeast?: number; atMost?: number } | undefined): string =>
  goal === undefined ? "" : goal.atLeast === undefined ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;

export async function benchCommand(names: readonly string[], options: OutputOptions): Promise<void> {
  const known = benchmarks.map((b) => b.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new EngineError("usage", `expected benchmarks among ${known.join(", ")}, got '${unknown}'`);
  const figures = [];
  for (const benchmark of benchmarks.filter((b) => names.length === 0 || names.includes(b.name))) {
    process.stderr.write(`${benchmark.name}: ${benchmark.description}\n`);
    for (const figure of await benchmark.run((line) => process.stderr.write(`  ${line}\n`))) {
      figures.push({ benchmark: benchmark.name, ...figure, met: meetsGoal(figure) });
    }
  }
  const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version };
  const rows = figures.map((f) => [f.name, f.value.toPrecision(4), f.unit, goalText(f.goal), f.met ? "" : "MISSED"]);
  print({ machine, figures }, table([["figure", "value", "unit", "goal", ""], ...rows]), options);
}
