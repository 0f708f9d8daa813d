/** The engine's ports in memory, for tests and for the page's loopback: assets and files are Maps, nothing touches disk. */
import { EngineError } from "#engine/core/errors";
import type { AssetStore, Clock, Platform, SnapshotCache, UserFiles } from "#engine/core/ports";
import { sha256 } from "./digest";
import { createHostYield } from "./host-yield";
import { inflateWithLimit } from "./inflate-stream";

type Files = ReadonlyMap<string, Uint8Array>;

export interface MemoryPlatformOptions {
  /** Static files by path below `public/`, or a store that has them. */
  readonly assets?: Files | AssetStore;
  /** The user's files by ref; a ref with `/` lies in the folder before its last `/`. */
  readonly files?: Files;
  readonly cache?: SnapshotCache;
  /** By default a clock that moves 1 ms each time it is read, so that tests see the same times. */
  readonly clock?: Clock;
  readonly wasmPaths?: Platform["wasmPaths"];
}

export function createMemoryPlatform(options: MemoryPlatformOptions = {}): Platform {
  const { assets = new Map<string, Uint8Array>() } = options;
  let time = 0;
  return {
    assets: "read" in assets ? assets : memoryAssets(assets),
    files: memoryFiles(options.files ?? new Map()),
    clock: options.clock ?? { now: () => time++ },
    cache: options.cache ?? memoryCache(),
    sha256,
    gunzip: inflateWithLimit,
    wasmPaths: options.wasmPaths ?? "",
    yieldToHost: createHostYield(),
  };
}

/** Boundary states in a Map; the least recently used go when they hold more than `maxBytes` together. */
export function memoryCache(maxBytes = 256 * 1024 * 1024): SnapshotCache {
  const kept = new Map<string, Uint8Array>();
  let total = 0;
  const forget = (key: string) => {
    total -= kept.get(key)?.length ?? 0;
    kept.delete(key);
  };
  return {
    get(key) {
      const bytes = kept.get(key);
      if (bytes) {
        // A Map iterates in order of insertion: to the end with it.
        kept.delete(key);
        kept.set(key, bytes);
      }
      return Promise.resolve(bytes);
    },
    set(key, bytes) {
      forget(key);
      if (bytes.length <= maxBytes) {
        // A copy: the caller goes on using its buffer.
        kept.set(key, bytes.slice());
        total += bytes.length;
      }
      for (const oldest of kept.keys()) {
        if (total <= maxBytes) break;
        forget(oldest);
      }
      return Promise.resolve();
    },
  };
}

/** Files by ref. The Map is read at each call, so files may be added while it is in use. */
export function memoryFiles(files: Files): UserFiles {
  return {
    read: (ref) => readFrom(files, ref),
    list(ref) {
      if (files.has(ref)) return Promise.resolve(null);
      const folder = folderPrefix(ref);
      const names = [...files.keys()]
        .filter((key) => key.startsWith(folder))
        .map((key) => key.slice(folder.length))
        .filter((name) => !name.includes("/"))
        .sort();
      return names.length > 0 ? Promise.resolve(names) : Promise.reject(missing(ref));
    },
    sibling: (ref, name) => (files.has(ref) ? ref.slice(0, ref.lastIndexOf("/") + 1) : folderPrefix(ref)) + name,
  };
}

const folderPrefix = (ref: string): string => (ref.endsWith("/") ? ref : `${ref}/`);

const memoryAssets = (files: Files): AssetStore => ({
  async read(path, onProgress) {
    const bytes = await readFrom(files, path);
    onProgress?.(bytes.length, bytes.length);
    return bytes;
  },
});

function readFrom(files: Files, ref: string): Promise<Uint8Array> {
  const bytes = files.get(ref);
  return bytes ? Promise.resolve(bytes) : Promise.reject(missing(ref));
}

const missing = (ref: string): EngineError =>
  new EngineError("asset-missing", `expected a file '${ref}', found none; check the path`, { details: { ref } });
