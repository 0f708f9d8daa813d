/** For tests only: locks of tabs in one process, and a database that can be made to refuse. */
import type { DocumentLocks } from "./locks";
import { memoryStorage, type PageStorage } from "./page-storage";

/** What `navigator.locks` is to the tabs of one browser; patience does not matter, as nobody is just going away. */
export function tabLocks(): DocumentLocks {
  const held = new Set<string>();
  return {
    certain: true,
    claim(id) {
      if (held.has(id)) return Promise.resolve(null);
      held.add(id);
      return Promise.resolve(() => void held.delete(id));
    },
  };
}

export interface MoodyStorage extends PageStorage {
  /** What every write throws from now on, and every read where it is no full disk. */
  mood: Error | null;
}

export const full = () => new DOMException("the disk is full", "QuotaExceededError");
export const refused = () => new DOMException("not in this window", "SecurityError");

export function moodyStorage(): MoodyStorage {
  const memory = memoryStorage();
  const storage: MoodyStorage = {
    mood: null,
    get: (store, key) => read(() => memory.get(store, key)),
    all: (store) => read(() => memory.all(store)),
    put: (store, key, value) => write(() => memory.put(store, key, value)),
    remove: (store, key) => write(() => memory.remove(store, key)),
  };
  const write = <T>(work: () => Promise<T>) => (storage.mood ? Promise.reject(storage.mood) : work());
  const read = <T>(work: () => Promise<T>) =>
    storage.mood && storage.mood.name !== "QuotaExceededError" ? Promise.reject(storage.mood) : work();
  return storage;
}
