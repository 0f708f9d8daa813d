/**
 * The user's stored files, in folders: an id of the content, and below it the files by the names they came with. Keys
 * are `<kind>/<folder>/<name>`; a ref is `<folder>` or `<folder>/<name>`.
 */
import { EngineError } from "#engine/core/errors";
import type { UserFiles } from "#engine/core/ports";
import type { KeyValues } from "./key-values";
import type { NamedFile, StoredItem } from "./protocol";

export type StoredKind = StoredItem["kind"];

export interface FileStore extends UserFiles {
  put(kind: StoredKind, folder: string, files: readonly NamedFile[]): Promise<void>;
  /** One item for each folder. */
  items(): Promise<readonly (Omit<StoredItem, "source"> & { readonly folder: string })[]>;
  /** @returns whether there was such a folder */
  forget(folder: string): Promise<boolean>;
}

interface StoredFile {
  readonly key: string;
  readonly kind: StoredKind;
  readonly folder: string;
  readonly name: string;
  readonly bytes: number;
}

export function createFileStore(store: KeyValues): FileStore {
  const all = async (): Promise<StoredFile[]> =>
    (await store.list()).map(({ key, bytes }) => {
      const [kind, folder, ...name] = key.split("/");
      return { key, kind: kind as StoredKind, folder: folder!, name: name.join("/"), bytes };
    });
  const find = async (ref: string) => (await all()).find((file) => `${file.folder}/${file.name}` === ref);

  return {
    async read(ref) {
      const file = await find(ref);
      const bytes = file && (await store.get(file.key));
      if (!bytes) throw missing(ref);
      return bytes;
    },
    async list(ref) {
      if (await find(ref)) return null;
      const names = (await all()).filter((file) => file.folder === ref).map((file) => file.name);
      if (names.length === 0) throw missing(ref);
      return names.sort();
    },
    // A folder's name holds no slash.
    sibling: (ref, name) => `${ref.split("/", 1)[0]!}/${name}`,
    async put(kind, folder, files) {
      for (const { name, bytes } of files) await store.set(`${kind}/${folder}/${name}`, bytes);
    },
    async items() {
      const folders = new Map<string, StoredFile[]>();
      for (const file of await all()) folders.set(file.folder, [...(folders.get(file.folder) ?? []), file]);
      return [...folders].map(([folder, files]) => ({
        folder,
        kind: files[0]!.kind,
        names: files.map(({ name }) => name),
        bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      }));
    },
    async forget(folder) {
      const files = (await all()).filter((file) => file.folder === folder);
      for (const { key } of files) await store.delete(key);
      return files.length > 0;
    },
  };
}

const missing = (ref: string): EngineError =>
  new EngineError("asset-missing", `expected a stored file '${ref}', found none; open the file again`, {
    details: { ref },
  });
