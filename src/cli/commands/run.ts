/** `run DOC`: executes a document; points as they come on stderr, the result on stdout, artefact and CSV in a folder. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { EngineError } from "#engine/core/errors";
import { RunControl } from "#engine/run/control";
import type { DecisionTrace, TakenDecision } from "#engine/run/decisions";
import type { Measurement, Point } from "#engine/run/measure";
import { pointTable } from "#engine/document/point-columns";
import { formatMetric, metricInfo } from "#engine/tasks/metrics/catalogue";
import { runDocument, type RunResult } from "#engine/run/runner";
import { combinations } from "#survey/combinations";
import { everyCore, nodePlatform, useBackend } from "../context";
import { readDocument } from "../document-input";
import { score, underItsName } from "../scores";
import { grouped, type OutputOptions, percent, print, times, wholeNumber } from "../output";
import { createProgress } from "../progress";

export interface RunOptions extends OutputOptions {
  readonly out?: string;
  readonly seed?: string;
  readonly backend?: string;
  readonly set?: readonly string[];
  readonly cache: boolean;
}

export const artefactName = "compressed.csnet";
const pointsName = "points.csv";

function csv(points: readonly Point[]): string {
  const { columns, rows } = pointTable(points);
  return [columns, ...rows.map((row) => row.map((cell) => cell ?? ""))].map((row) => row.join(",")).join("\n") + "\n";
}

/** Whole or not at all: a reader never sees half a file. */
async function writeWhole(file: string, content: Uint8Array | string): Promise<void> {
  await writeFile(`${file}.part`, content);
  await rename(`${file}.part`, file);
}

async function save(folder: string, bytes: Uint8Array, points: readonly Point[]): Promise<string> {
  const file = path.join(folder, artefactName);
  await writeWhole(file, bytes);
  await writeWhole(path.join(folder, pointsName), csv(points));
  return file;
}

const describe = (p: Point): string =>
  `step ${p.step}${p.clip === null ? "" : ` · ${p.clip}`}: ${score(p)} on ${grouped(p.testImages)} images, ${times(p.compressionRatio)} (${grouped(p.sizeBytes)} bytes)`;

export async function runCommand(reference: string, options: RunOptions): Promise<void> {
  const started = performance.now();
  const seed = options.seed === undefined ? undefined : wholeNumber("--seed", options.seed);
  const document = await readDocument(reference, { set: options.set, seed });
  const platform = nodePlatform();
  const folder = path.resolve(options.out ?? "runs/latest");
  await mkdir(folder, { recursive: true });
  const { backend } = await useBackend(platform, options.backend, { threads: everyCore });

  const control = new RunControl();
  const interrupt = () => control.cancel();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const progress = createProgress();
  const points: Point[] = [];
  const decisions: DecisionTrace[] = [];
  let boundary: Measurement | undefined;
  try {
    const run = runDocument(document, {
      platform,
      backend,
      control,
      useCache: options.cache,
      observer: {
        onLoad: (_, loaded, total) => progress.load(loaded, total),
        onProgress: (p) => progress.train(p),
        onBoundary: (m) => (boundary = m),
        onDecision(trace) {
          decisions.push(trace);
          progress.line(describeDecision(trace));
        },
        onRestored: (step) => progress.line(`going on from the kept state at step ${step}`),
      },
    });
    let next = await run.next();
    while (!next.done) {
      points.push(next.value);
      progress.line(describe(next.value));
      next = await run.next();
    }
    progress.stop();
    const result = next.value;
    const file = await save(folder, result.artefact.bytes, result.points);
    const seconds = (performance.now() - started) / 1000;
    print(toJson(result, decisions, file, seconds), summary(result, file, seconds), options);
  } catch (error) {
    progress.stop();
    if (boundary) {
      const file = await save(folder, boundary.bytes, points);
      process.stderr.write(`kept the last good state (step ${boundary.point.step}): ${file}\n`);
    }
    if (error instanceof EngineError && error.code === "cancelled") {
      throw new EngineError(
        "cancelled",
        boundary
          ? "the run was stopped; run it again to go on from its last boundary"
          : "the run was stopped before its first boundary",
      );
    }
    throw error;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** What a guard did is said as such: the network is not what the clip's settings would give. */
function describeDecision(trace: DecisionTrace): string {
  const which = trace.round === null ? "the last decision" : `decision ${trace.round + 1}`;
  const where = `${which} of ${trace.clip} at step ${trace.step}`;
  if (trace.kind === "taken-back") {
    const { metric, score: reached, reference, allowed } = trace;
    return `${where} is taken back: validation ${metricInfo(metric).name.en} fell from ${formatMetric(metric, reference)} to ${formatMetric(metric, reached)}, ${percent(allowed)} allowed; it decides no more`;
  }
  const weights = trace.layers.reduce((sum, layer) => sum + layer.weights.removed, 0);
  const units = trace.layers.reduce((sum, layer) => sum + layer.units.removed.length, 0);
  const widths = widthsText(trace);
  const removes = `removes ${grouped(weights)} weights, ${grouped(units)} whole units`;
  return `${where} ${[weights + units > 0 || !widths ? removes : undefined, widths].filter(Boolean).join(", ")}`;
}

/** `quantizes 5 kernels to 4, 8 bits and 6 outputs to 8 bits`; empty where nothing got another width. */
function widthsText({ layers, activations = [] }: TakenDecision): string {
  const kernels = layers.flatMap(({ codes }) => (codes ? [codes.after.bits] : []));
  const outputs = activations.map(({ after }) => after);
  const parts = [
    [kernels, "kernels"],
    [outputs, "outputs"],
  ] as const;
  const said = parts.flatMap(([bits, what]) =>
    bits.length > 0 ? [`${bits.length} ${what} to ${[...new Set(bits)].sort((a, b) => a - b).join(", ")} bits`] : [],
  );
  return said.length > 0 ? `quantizes ${said.join(" and ")}` : "";
}

/** Without the pictures. */
const decisionJson = (trace: DecisionTrace): unknown =>
  trace.kind === "taken-back"
    ? underItsName(trace)
    : {
        ...trace,
        layers: trace.layers.map(({ layer, weights, units, picture, codes }) => ({
          layer,
          weights,
          units: { ...units, removed: [...units.removed] },
          threshold: picture?.histogram.threshold ?? null,
          ...(codes ? { codes } : {}),
        })),
      };

function toJson(result: RunResult, decisions: readonly DecisionTrace[], file: string, seconds: number): unknown {
  const { artefact, tensors: _tensors, confusion, ...rest } = result;
  return {
    ...rest,
    decisions: decisions.map(decisionJson),
    confusion: [...confusion],
    artefact: { path: file, bytes: artefact.bytes.length, sha256: artefact.sha256 },
    seconds,
  };
}

function summary({ original, final, combos, artefact, trialSteps }: RunResult, file: string, seconds: number): string {
  return [
    `original  ${score(original)}  ${grouped(original.sizeBytes)} bytes`,
    `final     ${score(final)}  ${grouped(final.sizeBytes)} bytes, ${times(final.compressionRatio)}; the whole file ${grouped(final.fileBytes)} bytes`,
    ...(trialSteps ? [`trials    ${grouped(trialSteps)} optimizer steps beside the timeline's`] : []),
    ...combos.map((id) => `survey    ${combinations[id].name.en} · ${combinations[id].name.zh}`),
    `file      ${file} (sha256 ${artefact.sha256.slice(0, 16)}…)`,
    `${seconds.toFixed(1)} s`,
  ].join("\n");
}
