/** For tests only: an engine's dependencies in memory, with a tiny network and tiny data stored as a user's. */
import { prepareBackend } from "#engine/backend/choose";
import { wasmFolder } from "#engine/backend/node-wasm.testing";
import type { TimelineDocument } from "#engine/document/document";
import { tinyDocument, tinyPlatform } from "#engine/run/tiny.testing";
import { createMemoryPlatform } from "#platform/memory";
import { createFileStore } from "./file-store";
import type { HostDeps } from "./host";
import { importDataset, importModel } from "./import-files";
import { memoryKeyValues } from "./key-values";
import type { NamedFile } from "./protocol";
import { stateCache } from "./state-cache";
import { fakeTimers, type FakeTimers } from "./timers.testing";

export interface TinyStudio {
  readonly timers: FakeTimers;
  /** What outlives a host: give it to several. */
  readonly deps: HostDeps;
  /** On the stored network and data; clips are instants at step 0 unless they say otherwise. */
  document(clips: Parameters<typeof tinyDocument>[0], more?: Readonly<Record<string, unknown>>): TimelineDocument;
}

/** The files of a folder of the tiny platform, as a person drops them: `data` or `net`. */
export async function droppedFiles(folder: "data" | "net"): Promise<NamedFile[]> {
  const { files } = await tinyPlatform();
  const names = (await files.list(folder)) ?? [];
  return Promise.all(
    names.map(async (name) => ({ name: `${folder}/${name}`, bytes: await files.read(`${folder}/${name}`) })),
  );
}

/** The backend is wasm, prepared and tested as in a browser. */
export async function tinyStudio(): Promise<TinyStudio> {
  const timers = fakeTimers();
  const files = createFileStore(memoryKeyValues());
  const cache = stateCache(memoryKeyValues(), (error) => {
    throw error;
  });
  const platform = { ...createMemoryPlatform({ cache }), files };
  const dataset = await importDataset(await droppedFiles("data"), platform);
  const model = await importModel(await droppedFiles("net"), platform);
  return {
    timers,
    deps: {
      platform,
      timers,
      prepareBackend: (requested) =>
        prepareBackend({
          requested,
          wasmPaths: wasmFolder(),
          now: () => platform.clock.now(),
          available: ["wasm"],
        }),
    },
    document: (clips, more) =>
      tinyDocument(clips, { dataset: { id: dataset.source }, model: { source: model.source }, ...more }),
  };
}
