/** The engine's ports in a browser, page or worker: fetch, DecompressionStream, WebCrypto, and a cache in memory. */
import { EngineError } from "#engine/core/errors";
import type { AssetStore, Platform, SnapshotCache, UserFiles } from "#engine/core/ports";
import { browserThreads } from "./browser-threads";
import { sha256 } from "./digest";
import { createHostYield } from "./host-yield";
import { inflateWithLimit } from "./inflate-stream";
import { memoryCache, memoryFiles } from "./memory";

export interface BrowserPlatformOptions {
  /** Absolute URL of the folder that `public/` is served as, e.g. `new URL(import.meta.env.BASE_URL, location.href)`. */
  readonly baseUrl: string | URL;
  /** URLs of the tfjs wasm binaries by file name, or their folder. */
  readonly wasmPaths: Platform["wasmPaths"];
  /** The user's files; none by default. */
  readonly files?: UserFiles;
  /** Boundary states; at most 256 MiB in memory by default. */
  readonly cache?: SnapshotCache;
}

export function createBrowserPlatform(options: BrowserPlatformOptions): Platform {
  return {
    assets: fetchedAssets(options.baseUrl),
    files: options.files ?? memoryFiles(new Map()),
    clock: { now: () => performance.now() },
    cache: options.cache ?? memoryCache(),
    sha256,
    gunzip: inflateWithLimit,
    wasmPaths: options.wasmPaths,
    threads: browserThreads(),
    yieldToHost: createHostYield(),
  };
}

function fetchedAssets(baseUrl: string | URL): AssetStore {
  const base = new URL(baseUrl);
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return {
    async read(path, onProgress) {
      const url = new URL(path, base);
      const response = await fetch(url).catch((cause: unknown) => {
        throw missing(url, `no answer (${String(cause)}); check the connection`, cause);
      });
      if (!response.ok) throw missing(url, `status ${response.status}`);
      // A server of single-page apps answers any path that it does not know with its page.
      if (response.headers.get("content-type")?.startsWith("text/html")) throw missing(url, "a web page");
      // With a content encoding the length is the encoded one, and the chunks are not.
      const length = response.headers.has("content-encoding")
        ? NaN
        : Number(response.headers.get("content-length") ?? NaN);
      return readBody(response, Number.isFinite(length) ? length : undefined, onProgress).catch((cause: unknown) => {
        throw missing(url, `an answer that broke off (${String(cause)}); try again`, cause);
      });
    },
  };
}

async function readBody(
  response: Response,
  total: number | undefined,
  onProgress: ((loaded: number, total: number | undefined) => void) | undefined,
): Promise<Uint8Array> {
  if (!response.body || !onProgress) return new Uint8Array(await response.arrayBuffer());
  const reader = response.body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let loaded = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    loaded += value.length;
    onProgress(loaded, total);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

const missing = (url: URL, got: string, cause?: unknown): EngineError =>
  new EngineError("asset-missing", `expected a file at '${url.pathname}', got ${got}`, {
    details: { ref: url.href },
    cause,
  });
