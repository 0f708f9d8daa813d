/**
 * What the page keeps things in: a few named stores of values by key. The database of the browser is one, memory another;
 * values come back as they were cloned, and nobody promises that this version of the page wrote them.
 */
import type { KeepingState } from "../stores/keeping-store";

export const storeNames = ["documents", "runs", "artefacts", "active", "settings", "facts"] as const;
export type StoreName = (typeof storeNames)[number];

export interface Row {
  readonly key: string;
  readonly value: unknown;
}

export interface PageStorage {
  /** Undefined where there is nothing. */
  get(store: StoreName, key: string): Promise<unknown>;
  all(store: StoreName): Promise<readonly Row[]>;
  put(store: StoreName, key: string, value: unknown): Promise<void>;
  remove(store: StoreName, key: string): Promise<void>;
}

/** As long as the page lives. Clones, as a database does: what is changed later is not changed in here. */
export function memoryStorage(): PageStorage {
  const stores = new Map(storeNames.map((name) => [name, new Map<string, unknown>()]));
  const of = (name: StoreName) => stores.get(name)!;
  return {
    get: (store, key) => Promise.resolve(structuredClone(of(store).get(key))),
    all: (store) => Promise.resolve([...of(store)].map(([key, value]) => ({ key, value: structuredClone(value) }))),
    put(store, key, value) {
      of(store).set(key, structuredClone(value));
      return Promise.resolve();
    },
    remove(store, key) {
      of(store).delete(key);
      return Promise.resolve();
    },
  };
}

/** How an attempt to keep something ended; `saving` is no end. */
export type Kept = Exclude<KeepingState["state"], "saving">;

/** Storage that never fails: what the database refuses stays in memory, and who asked is told. */
export interface SafeStorage extends Omit<PageStorage, "put"> {
  put(store: StoreName, key: string, value: unknown): Promise<Kept>;
}

const isFull = (error: unknown): boolean => error instanceof Error && error.name === "QuotaExceededError";

/** @param onRefusal for every operation that the database did not do */
export function safeStorage(database: PageStorage, onRefusal: (kept: Exclude<Kept, "saved">) => void): SafeStorage {
  const memory = memoryStorage();
  const orMemory = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch {
      onRefusal("memory");
      return otherwise;
    }
  };
  return {
    async get(store, key) {
      const here = await memory.get(store, key);
      return here === undefined ? orMemory(() => database.get(store, key), undefined) : here;
    },
    async all(store) {
      const here = await memory.all(store);
      const there = await orMemory<readonly Row[]>(() => database.all(store), []);
      const newer = new Set(here.map(({ key }) => key));
      return [...there.filter(({ key }) => !newer.has(key)), ...here];
    },
    async put(store, key, value) {
      try {
        await database.put(store, key, value);
      } catch (error) {
        await memory.put(store, key, value);
        const kept = isFull(error) ? "failed" : "memory";
        onRefusal(kept);
        return kept;
      }
      // Not before: a put that fails must not lose what an earlier one left here.
      await memory.remove(store, key);
      return "saved";
    },
    async remove(store, key) {
      await memory.remove(store, key);
      await orMemory(() => database.remove(store, key), undefined);
    },
  };
}
