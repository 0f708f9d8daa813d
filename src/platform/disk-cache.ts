/**
 * Boundary states in a folder, one file for each key. A file appears whole or not at all (written beside, then
 * renamed), and the oldest go when the folder passes its limit. A cache may forget: no failure here ends a run.
 */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import type { SnapshotCache } from "#engine/core/ports";

const suffix = ".state";
let writes = 0;

/** @param maxBytes largest total of the folder; a state larger than that is not kept */
export function createDiskCache(folder: string, maxBytes: number): SnapshotCache {
  const fileOf = (key: string) => {
    if (!/^[A-Za-z0-9_-]{1,200}$/.test(key)) throw new RangeError(`cache key must be a plain word, got '${key}'`);
    return path.join(folder, key + suffix);
  };
  return {
    async get(key) {
      const file = fileOf(key);
      try {
        const bytes = await readFile(file);
        const now = new Date();
        // The time of the last use decides who goes.
        await utimes(file, now, now).catch(() => undefined);
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      } catch {
        return undefined;
      }
    },
    async set(key, bytes) {
      const file = fileOf(key);
      if (bytes.length > maxBytes) return;
      const beside = `${file}.${process.pid}.${++writes}.tmp`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(beside, bytes);
        await rename(beside, file);
        await evict(folder, maxBytes);
      } catch {
        await rm(beside, { force: true }).catch(() => undefined);
      }
    },
  };
}

async function evict(folder: string, maxBytes: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(suffix));
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const info = await stat(file).catch(() => undefined);
      return { file, size: info?.size ?? 0, used: info?.mtimeMs ?? 0 };
    }),
  );
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { file, size } of files.sort((a, b) => a.used - b.used)) {
    if (total <= maxBytes) return;
    await rm(file, { force: true });
    total -= size;
  }
}
