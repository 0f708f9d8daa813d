/** Bytes under keys: what the worker's stores are made of. Here in memory; `indexed-db.ts` keeps them for good. */

export interface KeyInfo {
  readonly key: string;
  readonly bytes: number;
  /** Larger for what was written or touched later. */
  readonly used: number;
}

export interface KeyValues {
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keeps a copy. */
  set(key: string, bytes: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
  /** Makes the key the latest used. */
  touch(key: string): Promise<void>;
  /** Without reading the bytes. */
  list(): Promise<readonly KeyInfo[]>;
}

export function memoryKeyValues(): KeyValues {
  const kept = new Map<string, { readonly value: Uint8Array; used: number }>();
  let used = 0;
  return {
    get: (key) => Promise.resolve(kept.get(key)?.value.slice()),
    set(key, bytes) {
      kept.set(key, { value: bytes.slice(), used: used++ });
      return Promise.resolve();
    },
    delete(key) {
      kept.delete(key);
      return Promise.resolve();
    },
    touch(key) {
      const entry = kept.get(key);
      if (entry) entry.used = used++;
      return Promise.resolve();
    },
    list: () => Promise.resolve([...kept].map(([key, { value, used }]) => ({ key, bytes: value.length, used }))),
  };
}

/** Those of a store that is still being opened. */
export const laterKeyValues = (opened: Promise<KeyValues>): KeyValues => ({
  get: async (key) => (await opened).get(key),
  set: async (key, bytes) => (await opened).set(key, bytes),
  delete: async (key) => (await opened).delete(key),
  touch: async (key) => (await opened).touch(key),
  list: async () => (await opened).list(),
});
