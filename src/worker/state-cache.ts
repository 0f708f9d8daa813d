/**
 * Boundary states of runs in a store that outlives the worker. A cache may forget: no failure of the store ends a run,
 * and the least recently used go when they hold more than `maxBytes` together.
 */
import type { SnapshotCache } from "#engine/core/ports";
import type { KeyValues } from "./key-values";

const defaultBytes = 256 * 1024 * 1024;

/** @param onFailure told what the store said, for the console */
export function stateCache(
  store: KeyValues,
  onFailure: (error: unknown) => void,
  maxBytes = defaultBytes,
): SnapshotCache {
  return {
    async get(key) {
      try {
        const bytes = await store.get(key);
        if (bytes) await store.touch(key);
        return bytes;
      } catch (error) {
        onFailure(error);
        return undefined;
      }
    },
    async set(key, bytes) {
      if (bytes.length > maxBytes) return;
      try {
        await makeRoom(store, key, maxBytes - bytes.length);
        await store.set(key, bytes);
      } catch (error) {
        onFailure(error);
      }
    },
  };
}

async function makeRoom(store: KeyValues, key: string, limit: number): Promise<void> {
  const others = (await store.list()).filter((entry) => entry.key !== key).sort((a, b) => a.used - b.used);
  let total = others.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { key: oldest, bytes } of others) {
    if (total <= limit) break;
    await store.delete(oldest);
    total -= bytes;
  }
}
