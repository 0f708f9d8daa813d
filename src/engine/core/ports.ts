/**
 * What the engine asks of the world. The engine has no fetch, no file system and no clock of its own: `src/platform`
 * implements these for the browser, for Node and (in memory) for tests.
 */

/** Reads static files that ship with the product (zoo, datasets) by their path below `public/`. */
export interface AssetStore {
  /**
   * @param path relative, with `/`, e.g. `datasets/mnist/manifest.json`
   * @param onProgress called with bytes so far and, where known, the total
   * @throws EngineError `asset-missing` when there is no such file
   */
  read(path: string, onProgress?: (loaded: number, total: number | undefined) => void): Promise<Uint8Array>;
}

/** Files of the person who uses the studio: a path on the command line, a stored file's id in the page. */
export interface UserFiles {
  /** The file itself. @throws EngineError `asset-missing` */
  read(ref: string): Promise<Uint8Array>;
  /** Names of the files in the folder `ref`, or null when `ref` is a file. */
  list(ref: string): Promise<readonly string[] | null>;
  /** `name` beside the file `ref` (or in the folder `ref`): weight shards next to a model.json. */
  sibling(ref: string, name: string): string;
}

/** Boundary states of runs, kept under a content hash. May forget anything at any time. */
export interface SnapshotCache {
  get(key: string): Promise<Uint8Array | undefined>;
  set(key: string, bytes: Uint8Array): Promise<void>;
}

export interface Clock {
  /** Milliseconds from an arbitrary start, monotone. */
  now(): number;
}

/** Threads that compute beside the engine's own, on a memory that all share. */
export interface KernelThreads {
  /** How many may compute at once, the engine's own included; 1 where there are no others. */
  readonly available: number;
  /** Why there are no others. */
  readonly unavailable?: "not isolated" | "one core";
  /** Reads a .wasm file of `wasmPaths`, by its path or URL. */
  readBinary(path: string): Promise<Uint8Array>;
  /**
   * Starts one thread for each message, a `ThreadStart` of `backend/kernel-tasks.mjs`.
   * @throws Error when one fails, or has not linked the kernels in 2 s; none is left then
   */
  start(messages: readonly unknown[]): Promise<StartedThreads>;
}

export interface StartedThreads {
  end(): void;
}

export interface Platform {
  readonly assets: AssetStore;
  readonly files: UserFiles;
  readonly clock: Clock;
  readonly cache: SnapshotCache;
  /** SHA-256 in lower-case hex. */
  sha256(bytes: Uint8Array): Promise<string>;
  /** Gunzips or inflates; throws when the bytes are not what they claim, or grow past `maxBytes`. */
  gunzip(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array>;
  /** Where the tfjs wasm binaries lie, as setWasmPaths takes it. */
  readonly wasmPaths: string | Readonly<Record<string, string>>;
  /** Absent where everything is on one thread. */
  readonly threads?: KernelThreads;
  /** Lets queued messages be handled (a cancel, a pause) between two batches. */
  yieldToHost(): Promise<void>;
}
