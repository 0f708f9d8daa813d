/** The engine's ports in memory, for tests and for the page's loopback: assets and files are Maps, nothing touches disk. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { EngineError } from "#engine/core/errors";
import type { AssetStore, Clock, Platform } from "#engine/core/ports";
import { createHostYield } from "./host-yield";
import { inflateWithLimit } from "./inflate-stream";

export interface MemoryPlatformOptions {
  /** Static files by path below `public/`, or a store that has them. */
  readonly assets?: ReadonlyMap<string, Uint8Array> | AssetStore;
  /** The user's files by ref; a ref with `/` lies in the folder before its last `/`. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
  /** Boundary states; pass one to look inside. */
  readonly cache?: Map<string, Uint8Array>;
  /** By default a clock that moves 1 ms each time it is read, so that tests see the same times. */
  readonly clock?: Clock;
  readonly wasmPaths?: Platform["wasmPaths"];
}

export function createMemoryPlatform(options: MemoryPlatformOptions = {}): Platform {
  const { assets = new Map<string, Uint8Array>(), files = new Map<string, Uint8Array>() } = options;
  const cache = options.cache ?? new Map<string, Uint8Array>();
  let time = 0;
  return {
    assets: "read" in assets ? assets : memoryAssets(assets),
    files: {
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
    },
    clock: options.clock ?? { now: () => time++ },
    cache: {
      get: (key) => Promise.resolve(cache.get(key)),
      set(key, bytes) {
        // A copy: the caller goes on using its buffer.
        cache.set(key, bytes.slice());
        return Promise.resolve();
      },
    },
    sha256: (bytes) => Promise.resolve(bytesToHex(sha256(bytes))),
    gunzip: inflateWithLimit,
    wasmPaths: options.wasmPaths ?? "",
    yieldToHost: createHostYield(),
  };
}

const folderPrefix = (ref: string): string => (ref.endsWith("/") ? ref : `${ref}/`);

const memoryAssets = (files: ReadonlyMap<string, Uint8Array>): AssetStore => ({
  async read(path, onProgress) {
    const bytes = await readFrom(files, path);
    onProgress?.(bytes.length, bytes.length);
    return bytes;
  },
});

function readFrom(files: ReadonlyMap<string, Uint8Array>, ref: string): Promise<Uint8Array> {
  const bytes = files.get(ref);
  return bytes ? Promise.resolve(bytes) : Promise.reject(missing(ref));
}

const missing = (ref: string): EngineError =>
  new EngineError("asset-missing", `expected a file '${ref}', found none; check the path`, { details: { ref } });
