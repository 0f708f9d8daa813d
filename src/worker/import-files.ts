/**
 * Files that the user drops on the page: read first, stored only if they are good, under an id of their content. What they
 * are called later is `file:<folder>/<name>`, or `file:<folder>` for a folder of IDX files.
 */
import { EngineError } from "#engine/core/errors";
import type { Platform } from "#engine/core/ports";
import { openDataset } from "#engine/datasets/dataset";
import { openModelFile } from "#engine/formats/model-file";
import { documentInside } from "#engine/document/document";
import { memoryFiles } from "#platform/memory";
import type { FileStore } from "./file-store";
import { networkSummary } from "./model-report";
import type { NamedFile, StoredDataset, StoredItem, StoredModel } from "./protocol";

export type ImportPlatform = Platform & { readonly files: FileStore };

/** @throws EngineError `unknown-format`, `asset-missing` for a weight file that is not there, and what the reader says */
export async function importModel(files: readonly NamedFile[], platform: ImportPlatform): Promise<StoredModel> {
  const dropped = await nameFolder(files, platform);
  const main = mainFile(dropped.files.map(({ name }) => name));
  const model = await openModelFile(main, memoryFiles(new Map(dropped.files.map(({ name, bytes }) => [name, bytes]))));
  await platform.files.put("model", dropped.folder, dropped.files);
  return {
    source: `file:${dropped.folder}/${main}`,
    kind: model.kind,
    network: networkSummary(model.snapshot),
    document: model.kind === "artefact" ? documentInside(model.artefact.document) : null,
  };
}

/** @throws EngineError `invalid-file` and its kin, saying file, field, expected and got */
export async function importDataset(files: readonly NamedFile[], platform: ImportPlatform): Promise<StoredDataset> {
  const dropped = await nameFolder(files, platform);
  const source = `file:${datasetRef(
    dropped.folder,
    dropped.files.map(({ name }) => name),
  )}`;
  const inMemory = new Map(dropped.files.map(({ name, bytes }) => [`${dropped.folder}/${name}`, bytes]));
  const { info } = await openDataset(source, { ...platform, files: memoryFiles(inMemory) });
  await platform.files.put("dataset", dropped.folder, dropped.files);
  return { source, info };
}

export async function storedItems(files: FileStore): Promise<StoredItem[]> {
  const items = await files.items();
  return items.map(({ folder, ...item }) => {
    const { kind, names } = item;
    return {
      ...item,
      source: `file:${kind === "dataset" ? datasetRef(folder, names) : `${folder}/${mainFile(names)}`}`,
    };
  });
}

/** @returns whether there was anything under that source */
export const forgetStored = (source: string, files: FileStore): Promise<boolean> =>
  files.forget(source.replace(/^file:/, "").split("/", 1)[0]!);

const datasetRef = (folder: string, names: readonly string[]) =>
  names.length === 1 ? `${folder}/${names[0]!}` : folder;

/** The one file, else the model.json, else the one file that ends in .json. */
function mainFile(names: readonly string[]): string {
  const json = names.filter((name) => name.endsWith(".json"));
  const main =
    names.length === 1
      ? names[0]
      : (names.find((name) => name === "model.json") ?? (json.length === 1 ? json[0] : undefined));
  if (main !== undefined) return main;
  throw new EngineError(
    "unknown-format",
    `expected an artefact of the studio, or a model.json with its weight files, got ${names.slice(0, 20).join(", ") || "nothing"}`,
    { details: { names: names.slice(0, 20) } },
  );
}

interface Dropped {
  readonly folder: string;
  /** Names without the folder that they were dropped in. */
  readonly files: readonly NamedFile[];
}

async function nameFolder(files: readonly NamedFile[], { sha256 }: Pick<Platform, "sha256">): Promise<Dropped> {
  const paths = files.map(({ name }) => name.split(/[\\/]/).filter((part) => part !== "" && part !== "."));
  const bad = files.find((_, i) => paths[i]!.length === 0 || paths[i]!.includes(".."));
  if (bad || files.length === 0) {
    throw new EngineError("invalid-file", `expected files with plain names, got ${bad ? `'${bad.name}'` : "none"}`);
  }
  const [first] = paths;
  const shared = first!.length > 1 && paths.every((path) => path.length > 1 && path[0] === first![0]);
  const named = files.map(({ bytes }, i) => ({ name: paths[i]!.slice(shared ? 1 : 0).join("/"), bytes }));
  const stem = shared ? first![0]! : files.length === 1 ? named[0]!.name.replace(/\.[^.]*$/, "") : "files";
  const digests = await Promise.all(named.map(async ({ name, bytes }) => `${name}:${await sha256(bytes)}`));
  const id = (await sha256(new TextEncoder().encode(digests.sort().join("\n")))).slice(0, 12);
  return { folder: `${stem.slice(0, 40).replace(/[^\p{L}\p{N}_-]+/gu, "-")}-${id}`, files: named };
}
