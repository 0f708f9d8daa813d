/** `inspect`, `eval` and `export`: what an artefact holds, what it scores, and other formats of it. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type DecodedArtefact, decodeArtefact } from "#engine/codecs/artefact";
import { EngineError } from "#engine/core/errors";
import { type Split, splits } from "#engine/datasets/manifest";
import { writeLayersModel } from "#engine/formats/layers-model/write";
import { bopsOf, macsOf, nonZeroCount, parameterCount } from "#engine/metrics/accounting";
import { shapesOf } from "#engine/ops/registry";
import { formatMetric, metricInfo } from "#engine/tasks/metrics/catalogue";
import { figuresOf } from "#engine/tasks/metrics/scores";
import { scoreFile } from "#engine/run/score-file";
import { nodePlatform, useBackend } from "../context";
import { grouped, type OutputOptions, print, table } from "../output";
import { named } from "../scores";

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw new EngineError("asset-missing", `expected a file at '${file}', got ${(cause as Error).message}`, { cause });
  }
}

const readArtefact = async (file: string): Promise<DecodedArtefact> => decodeArtefact(await readBytes(file));

export async function inspectCommand(file: string, options: OutputOptions): Promise<void> {
  const artefact = await readArtefact(file);
  const { snapshot, tensors, activations, widthBytes, sizeBytes, fileBytes, document, info } = artefact;
  const { network } = snapshot;
  const shapes = shapesOf(network);
  const summary = {
    name: network.name,
    head: network.head,
    layers: network.nodes.map((n) => ({ id: n.id, op: n.op, inputs: n.inputs, shape: shapes.get(n.id) })),
    parameters: parameterCount(network),
    nonZero: nonZeroCount(snapshot),
    macs: macsOf(network),
    bops: bopsOf(snapshot),
  };
  const rows = tensors.map((t) => [
    t.name,
    `[${t.shape.join(", ")}]`,
    t.codec,
    grouped(t.nonZero),
    grouped(t.sizeBytes),
    t.streams.map((s) => `${s.stream} ${grouped(s.bytes)}`).join(", "),
  ]);
  const text = [
    `${network.name}: ${grouped(summary.parameters)} parameters, ${grouped(summary.nonZero)} not zero, ${grouped(summary.macs)} MACs`,
    `${grouped(sizeBytes)} bytes of values, ${grouped(fileBytes)} bytes in all; ${activations.count} activation quantizers, ${grouped(activations.sizeBytes)} bytes${widthBytes > 0 ? `; ${grouped(widthBytes)} bytes of widths by layer` : ""}`,
    "",
    table([["parameter", "shape", "stored as", "not zero", "bytes", "streams"], ...rows]),
  ].join("\n");
  print(
    { network: summary, tensors, activations, sizeBytes, fileBytes, document: document ?? null, info },
    text,
    options,
  );
}

export interface EvalOptions extends OutputOptions {
  readonly dataset?: string;
  readonly split: string;
  readonly all?: boolean;
  readonly backend?: string;
}

export async function evalCommand(file: string, options: EvalOptions): Promise<void> {
  const split: Split | undefined = splits.find((s) => s === options.split);
  if (!split) throw new EngineError("usage", `--split expected one of ${splits.join(", ")}, got '${options.split}'`);
  const bytes = await readBytes(file);
  const { sizeBytes, fileBytes } = decodeArtefact(bytes);
  const platform = nodePlatform();
  const { backend } = await useBackend(platform, options.backend);
  const found = await scoreFile(
    { bytes, dataset: options.dataset, split, count: options.all ? "all" : undefined },
    platform,
  );
  const { images, confusion, ...rest } = found;
  const [main, ...others] = figuresOf(found).map(([id, value]) => [id, formatMetric(id, value)] as const);
  const beside = others.map(([id, value]) => `${id === "top5" ? "top-5" : metricInfo(id).name.en} ${value}`).join(", ");
  const text = `${named(main![0], main![1])} of ${grouped(images)} images of ${found.dataset}/${split} (${beside})`;
  print({ ...rest, testImages: images, sizeBytes, fileBytes, backend, confusion: [...confusion] }, text, options);
}

const exportFormats = ["tfjs"] as const;

export async function exportCommand(
  file: string,
  options: { readonly format: string; readonly out: string },
): Promise<void> {
  if (!exportFormats.some((f) => f === options.format)) {
    throw new EngineError(
      "unknown-format",
      `--format expected one of ${exportFormats.join(", ")}, got '${options.format}'`,
    );
  }
  const { snapshot, document } = await readArtefact(file);
  const { modelJson, weights } = writeLayersModel(snapshot, {
    userMetadata: { compressionStudio: { document: document ?? null } },
  });
  const folder = path.resolve(options.out);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "weights.bin"), weights);
  await writeFile(path.join(folder, "model.json"), JSON.stringify(modelJson));
  const activations = snapshot.activations.size;
  const lost =
    activations > 0 ? `; ${activations} activation quantizers have no place in a LayersModel and are left out` : "";
  process.stderr.write(`wrote ${folder}/model.json and weights.bin${lost}\n`);
}
