/**
 * `PageStorage` in IndexedDB: a database of the page's own, apart from the worker's. It is opened when it is first needed,
 * and again after it was closed or refused; one that does not answer in time counts as refused, for that time.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { type PageStorage, type StoreName, storeNames } from "./page-storage";

const version = 1;

type Schema = DBSchema & { readonly [Name in StoreName]: { key: string; value: unknown } };

/** @param openWithinMs how long an operation waits for the database to open */
export function databaseStorage(name: string, openWithinMs: number): PageStorage {
  let opening: Promise<IDBPDatabase<Schema>> | undefined;

  const open = (): Promise<IDBPDatabase<Schema>> => {
    const forget = () => {
      if (opening === attempt) opening = undefined;
    };
    const attempt = openDB<Schema>(name, version, {
      upgrade(database) {
        for (const store of storeNames) {
          if (!database.objectStoreNames.contains(store)) database.createObjectStore(store);
        }
      },
      blocking(_current, _blocked, event) {
        // Another tab with a newer studio must not wait for this one.
        (event.target as IDBDatabase).close();
        forget();
      },
      terminated: forget,
    });
    opening = attempt;
    attempt.catch(forget);
    return attempt;
  };
  const opened = async (): Promise<IDBPDatabase<Schema>> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`expected the database to open within ${openWithinMs} ms, got no answer`)),
        openWithinMs,
      );
    });
    try {
      return await Promise.race([opening ?? open(), late]);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    get: async (store, key) => (await opened()).get(store, key),
    async all(store) {
      const transaction = (await opened()).transaction(store);
      const [keys, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
      return keys.map((key, i) => ({ key, value: values[i] }));
    },
    async put(store, key, value) {
      const transaction = (await opened()).transaction(store, "readwrite");
      // The end of the transaction says whether it is kept: a full disk may be noticed only then.
      await Promise.all([transaction.store.put(value, key), transaction.done]);
    },
    async remove(store, key) {
      await (await opened()).delete(store, key);
    },
  };
}
