/**
 * Reads dropped files and shows what is in them. The engine does the reading; networks and data that it can read only by
 * storing them are forgotten again, unless they are used.
 */
import { unzip, type Unzipped } from "fflate";
import { EngineError, toErrorData } from "../../../engine/core/errors";
import { parseDocument } from "../../../engine/document/document";
import { nextFoundId } from "../../stores/files-store";
import type { Studio } from "../../stores/studio";
import type { DroppedFile } from "./dropped-files";
import { baseName, type FileGroup, type LookedAt, namesIn, recognise } from "./recognise";

/** More than any network of this studio; the engine holds each file once more. */
const mostBytes = 512 * 2 ** 20;
/** Of JSON that is looked into here: a topology of hundreds of layers. */
const longestJson = 8 * 2 ** 20;

let underWay: AbortController | undefined;

/** What was shown before gives way. */
export async function examine(studio: Studio, dropped: readonly DroppedFile[]): Promise<void> {
  if (dropped.length === 0) return;
  underWay?.abort();
  const aborter = new AbortController();
  underWay = aborter;
  const { files, notices } = studio;
  try {
    await discard(studio);
    await examineAll(studio, dropped, aborter.signal);
  } catch (error) {
    if (!aborter.signal.aborted) notices.getState().fail("filesFailed", error);
  } finally {
    if (underWay === aborter) {
      underWay = undefined;
      files.getState().set({ reading: null });
    }
  }
}

async function examineAll(studio: Studio, dropped: readonly DroppedFile[], signal: AbortSignal): Promise<void> {
  const { files } = studio;
  signal.throwIfAborted();
  const blobs = new Map(dropped.map(({ path, file }) => [path, file]));
  files.getState().set({ reading: { name: baseName(dropped[0]!.path), loaded: 0, total: 0 } });
  for (const group of recognise(await Promise.all(dropped.map(lookAt)))) {
    signal.throwIfAborted();
    const id = nextFoundId();
    try {
      await examineGroup(studio, group, blobs, id, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      files.getState().show({ id, kind: "failed", name: group.name, error: toErrorData(error) });
    }
  }
}

async function lookAt({ path, file }: DroppedFile): Promise<LookedAt> {
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const first = [...head].find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  const mayBeJson = first === 0x7b && file.size <= longestJson;
  if (!mayBeJson) return { path, head };
  try {
    return { path, head, json: JSON.parse(await file.text()) as unknown };
  } catch {
    return { path, head };
  }
}

async function examineGroup(
  studio: Studio,
  group: FileGroup,
  blobs: ReadonlyMap<string, Blob>,
  id: number,
  signal: AbortSignal,
): Promise<void> {
  const { engine, files, library } = studio;
  const { kind, name, paths } = group;
  if (kind === "unknown") throw await unknown(group, blobs);
  if (kind === "timeline") {
    files.getState().show({ id, kind, name, document: parseDocument(group.document) });
    return;
  }
  const bytes = await readAll(studio, group, blobs, signal);
  if (kind === "archive") {
    await examineAll(studio, await unpack(name, bytes[0]!), signal);
    return;
  }
  if (kind === "artefact") {
    const report = await engine.call("inspect", { file: bytes[0]! });
    signal.throwIfAborted();
    files.getState().show({ id, kind, name, bytes: bytes[0]!, report });
    return;
  }
  const names = namesIn(group);
  const named = paths.map((path, i) => ({ name: names.get(path)!, bytes: bytes[i]! }));
  const before = new Set(library.getState().stored.map(({ source }) => source));
  const { learn, show } = files.getState();
  if (kind === "network") {
    const model = await engine.call("openModel", { files: named });
    const { inputShape, outputs, parameters } = model.network;
    const wasStored = before.has(model.source);
    await aborted(studio, model.source, wasStored, signal);
    learn(model.source, { kind, name, inputShape, outputs, parameters });
    show({ id, kind, name, model, wasStored });
  } else {
    const dataset = await engine.call("openDataset", { files: named });
    const { shape, classes, counts } = dataset.info;
    const wasStored = before.has(dataset.source);
    await aborted(studio, dataset.source, wasStored, signal);
    const facts = { shape, classes: classes.length, train: counts.train, test: counts.test };
    learn(dataset.source, { kind, name, ...facts });
    show({ id, kind, name, dataset, wasStored });
  }
  await library.getState().refreshStored();
}

/** @throws the reason, when it was stopped meanwhile; what was stored is forgotten */
async function aborted({ engine }: Studio, source: string, wasStored: boolean, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) return;
  if (!wasStored) await engine.call("forget", { source });
  signal.throwIfAborted();
}

async function readAll(
  { files }: Studio,
  { name, paths }: FileGroup,
  blobs: ReadonlyMap<string, Blob>,
  signal: AbortSignal,
): Promise<Uint8Array[]> {
  const total = paths.reduce((sum, path) => sum + blobs.get(path)!.size, 0);
  if (total > mostBytes) {
    throw new EngineError(
      "invalid-file",
      `'${name}': expected at most ${mostBytes} bytes, got ${total}; use the command line for files of this size`,
    );
  }
  let loaded = 0;
  const report = (count: number): void => {
    loaded += count;
    files.getState().set({ reading: { name, loaded, total } });
  };
  report(0);
  const read: Uint8Array[] = [];
  for (const path of paths) read.push(await readBlob(blobs.get(path)!, report, signal));
  return read;
}

async function readBlob(blob: Blob, report: (count: number) => void, signal: AbortSignal): Promise<Uint8Array> {
  const bytes = new Uint8Array(blob.size);
  const reader = blob.stream().getReader();
  let at = 0;
  for (;;) {
    signal.throwIfAborted();
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, at);
    bytes.set(value, at);
    at += value.length;
    report(value.length);
  }
}

/** A zip holds a network as it was exported, or arrays. Sizes are looked at before anything is inflated. */
async function unpack(name: string, bytes: Uint8Array): Promise<DroppedFile[]> {
  let total = 0;
  const unzipped = await new Promise<Unzipped>((resolve, reject) => {
    unzip(
      bytes,
      {
        filter({ name: inner, originalSize }) {
          if (!/\.(json|bin|csnet)$/i.test(inner) && !/shard/i.test(inner)) return false;
          total += originalSize;
          return total <= mostBytes;
        },
      },
      (error, files) => (error ? reject(error) : resolve(files)),
    );
  }).catch((error: unknown) => {
    throw new EngineError(
      "corrupt-file",
      `'${name}': expected a ZIP file, got one that cannot be read: ${String(error)}`,
    );
  });
  if (total > mostBytes) {
    throw new EngineError("invalid-file", `'${name}': expected at most ${mostBytes} bytes when unpacked, got ${total}`);
  }
  // What lies in no folder is called after the archive.
  const folder = name.replace(/\.[^.]*$/, "");
  const files = Object.entries(unzipped).map(([path, content]) => ({
    path: path.includes("/") ? path : `${folder}/${path}`,
    file: new Blob([content as BlobPart]),
  }));
  if (files.length > 0) return files;
  throw new EngineError(
    "unknown-format",
    `'${name}': expected a ZIP file with a model.json and its weights, or an .npz, got neither`,
  );
}

async function unknown({ name, paths }: FileGroup, blobs: ReadonlyMap<string, Blob>): Promise<EngineError> {
  const first = blobs.get(paths[0]!)!;
  const head = new Uint8Array(await first.slice(0, 4).arrayBuffer());
  const hex = [...head].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const got = first.size === 0 ? "an empty file" : `a file that begins with the bytes ${hex}`;
  return new EngineError(
    "unknown-format",
    `'${name}': expected a .csnet file, a model.json with its weights, IDX, NPZ or a timeline, got ${got}`,
  );
}

/** Stops what is being read, and takes away everything that was found. */
export async function closeFound(studio: Studio): Promise<void> {
  underWay?.abort();
  underWay = undefined;
  await discard(studio);
}

/** Of what the engine had to store, what nobody uses goes too. */
async function discard({ engine, files, document, library, notices }: Studio): Promise<void> {
  const { found, used, set } = files.getState();
  set({ found: [], reading: null, used: new Set() });
  const { model, dataset } = document.getState().document;
  const sources = found.flatMap((item) => {
    if (item.kind !== "network" && item.kind !== "dataset") return [];
    const source = item.kind === "network" ? item.model.source : item.dataset.source;
    return item.wasStored || used.has(item.id) || [model.source, dataset.id].includes(source) ? [] : [source];
  });
  if (sources.length === 0) return;
  try {
    await Promise.all(sources.map((source) => engine.call("forget", { source })));
  } catch (error) {
    notices.getState().fail("forgetFailed", error);
  }
  await library.getState().refreshStored();
}
