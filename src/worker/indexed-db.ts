/**
 * `KeyValues` in IndexedDB: one object store for the bytes, one for what is known of them, so that listing reads no bytes.
 * Needs a browser; where it is forbidden, the worker keeps its things in memory.
 */
import type { KeyInfo, KeyValues } from "./key-values";

const version = 1;
const valuesOf = (name: string) => `${name}-values`;
const infosOf = (name: string) => `${name}-infos`;

/**
 * @param names of the stores; they are made when the database is
 * @throws what IndexedDB says, e.g. in a private window that has none
 */
export async function openKeyValues<Name extends string>(
  database: string,
  names: readonly Name[],
): Promise<Record<Name, KeyValues>> {
  const request = indexedDB.open(database, version);
  request.onupgradeneeded = () => {
    for (const name of names) {
      request.result.createObjectStore(valuesOf(name));
      request.result.createObjectStore(infosOf(name), { keyPath: "key" });
    }
  };
  const opened = await settled(request);
  // Another tab with a newer studio must not wait for this one.
  opened.onversionchange = () => opened.close();
  return Object.fromEntries(names.map((name) => [name, keyValues(opened, name)])) as Record<Name, KeyValues>;
}

function keyValues(database: IDBDatabase, name: string): KeyValues {
  const [values, infos] = [valuesOf(name), infosOf(name)];
  const write = async (work: (stores: { values: IDBObjectStore; infos: IDBObjectStore }) => void) => {
    const transaction = database.transaction([values, infos], "readwrite");
    work({ values: transaction.objectStore(values), infos: transaction.objectStore(infos) });
    await finished(transaction);
  };
  return {
    get: (key) => settled<Uint8Array | undefined>(database.transaction(values).objectStore(values).get(key)),
    set: (key, bytes) =>
      write((stores) => {
        // Cloning a view would store the whole buffer behind it.
        stores.values.put(bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice(), key);
        stores.infos.put({ key, bytes: bytes.length, used: Date.now() } satisfies KeyInfo);
      }),
    delete: (key) =>
      write((stores) => {
        stores.values.delete(key);
        stores.infos.delete(key);
      }),
    touch: (key) =>
      write((stores) => {
        const request = stores.infos.get(key) as IDBRequest<KeyInfo | undefined>;
        request.onsuccess = () => {
          if (request.result) stores.infos.put({ ...request.result, used: Date.now() });
        };
      }),
    list: () => settled<KeyInfo[]>(database.transaction(infos).objectStore(infos).getAll()),
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failure(request.error));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(failure(transaction.error));
  });
}

const failure = (error: DOMException | null): Error => error ?? new Error("IndexedDB gave up without a reason");
