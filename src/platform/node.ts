/** The engine's ports in Node: the package's `public/` folder, files on disk, zlib, and a cache folder. */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inflate, gunzip } from "node:zlib";
import { EngineError } from "#engine/core/errors";
import type { AssetStore, Platform, UserFiles } from "#engine/core/ports";
import { createDiskCache } from "./disk-cache";
import { createHostYield } from "./host-yield";
import { nodeThreads } from "./node-threads";

export interface NodePlatformOptions {
  /** Folder that asset paths are relative to; the package's `public/` by default. */
  readonly root?: string;
  /** Folder of boundary states; `.cache/studio` of the package by default. */
  readonly cacheDir?: string;
  /** Largest total of the cache, in bytes. */
  readonly cacheBytes?: number;
}

const packageRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const defaultCacheBytes = 512 * 1024 * 1024;

export function createNodePlatform(options: NodePlatformOptions = {}): Platform {
  return {
    assets: nodeAssets(options.root ?? path.join(packageRoot, "public")),
    files: nodeFiles,
    clock: { now: () => performance.now() },
    cache: createDiskCache(
      options.cacheDir ?? path.join(packageRoot, ".cache", "studio"),
      options.cacheBytes ?? defaultCacheBytes,
    ),
    sha256: (bytes) => Promise.resolve(createHash("sha256").update(bytes).digest("hex")),
    gunzip: nodeGunzip,
    wasmPaths: wasmFolder(),
    threads: nodeThreads(),
    yieldToHost: createHostYield(),
  };
}

/** The installed package's folder of .wasm files, absolute, with a separator at its end as setWasmPaths wants it. */
function wasmFolder(): string {
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json");
  return path.join(path.dirname(entry), "dist") + path.sep;
}

function nodeAssets(root: string): AssetStore {
  return {
    async read(assetPath, onProgress) {
      const file = path.resolve(root, assetPath);
      if (path.relative(root, file).startsWith("..")) throw missing(assetPath, `a path below '${root}'`);
      const bytes = await readOr(file, () => missing(assetPath, `a file '${file}'`));
      onProgress?.(bytes.length, bytes.length);
      return bytes;
    },
  };
}

const nodeFiles: UserFiles = {
  read: (ref) => readOr(ref, (reason) => missing(ref, `a readable file '${path.resolve(ref)}' (${reason})`)),
  async list(ref) {
    const info = await stat(ref).catch((cause: unknown) => {
      throw missing(ref, `a file or folder '${path.resolve(ref)}'`, cause);
    });
    if (!info.isDirectory()) return null;
    const entries = await readdir(ref, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      .sort();
  },
  sibling(ref, name) {
    // A name comes out of a file that may be anyone's: it may not leave the folder.
    const below = path.normalize(name);
    if (path.isAbsolute(below) || below.startsWith("..")) {
      throw new EngineError("invalid-file", `'${ref}' names the file '${name}'; expected one in its own folder`);
    }
    return path.join(statSync(ref, { throwIfNoEntry: false })?.isDirectory() ? ref : path.dirname(ref), below);
  },
};

async function readOr(file: string, error: (reason: string) => EngineError): Promise<Uint8Array> {
  try {
    const bytes = await readFile(file);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (cause) {
    throw error((cause as NodeJS.ErrnoException).code ?? String(cause));
  }
}

const missing = (ref: string, expected: string, cause?: unknown): EngineError =>
  new EngineError("asset-missing", `expected ${expected}, found none; check the path`, { details: { ref }, cause });

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);

async function nodeGunzip(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    const plain = await (isGzip ? gunzipAsync : inflateAsync)(bytes, { maxOutputLength: Math.max(1, maxBytes) });
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
  } catch (cause) {
    const tooLong = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new EngineError(
      "corrupt-file",
      tooLong
        ? `expected compressed data of at most ${maxBytes} bytes when inflated, got more`
        : `expected gzip or zlib data, got ${bytes.length} bytes that do not inflate: ${String(cause)}`,
      { cause },
    );
  }
}
