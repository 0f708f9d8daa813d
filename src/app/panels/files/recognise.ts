/**
 * What dropped files are, told from their first bytes, from what JSON holds, and from the names that belong together: a
 * model.json with its weights, four IDX files. A mix is split. Whether a thing is good is for the engine to say.
 */

export interface LookedAt {
  /** As it was dropped: `folder/sub/name`, or a name. */
  readonly path: string;
  /** The first bytes, 16 of them where there are as many. */
  readonly head: Uint8Array;
  /** Undefined for what is no JSON, or too long to be looked at. */
  readonly json?: unknown;
}

export interface FileGroup {
  readonly kind: "artefact" | "network" | "dataset" | "timeline" | "archive" | "unknown";
  /** What it is called where it is shown. */
  readonly name: string;
  /** Of the files that it is made of. */
  readonly paths: readonly string[];
  /** The document of a timeline, not yet parsed. */
  readonly document?: unknown;
}

const artefactMagic = [0x89, 0x43, 0x53, 0x41, 0x0d, 0x0a, 0x1a, 0x0a];
const zipMagic = [0x50, 0x4b, 0x03, 0x04];
const gzipMagic = [0x1f, 0x8b];
const idxName = /(images|labels)[-_.]?idx|idx\d?[-_.]?ubyte/i;

const begins = (head: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => head[i] === byte);
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
const joined = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/** Files that lie in folders and are nobody's: not worth a word when something else was found. */
const isBystander = (path: string): boolean => /^(\.|__MACOSX|readme|licen[cs]e|thumbs\.db)/i.test(baseName(path));

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isDocument = (json: unknown): boolean => isRecord(json) && "version" in json && "clips" in json;

/** The document itself, or what carries one: an exported run. */
function documentOf(json: unknown): unknown {
  if (isDocument(json)) return json;
  return isRecord(json) && isDocument(json["document"]) ? json["document"] : undefined;
}

function isIdx({ path, head }: LookedAt): boolean {
  if (begins(head, gzipMagic)) return idxName.test(baseName(path));
  const [zero0, zero1, type, axes] = head;
  return zero0 === 0 && zero1 === 0 && type !== undefined && type >= 0x08 && type <= 0x0e && axes! >= 1 && axes! <= 4;
}

/** In the order in which they were dropped; what nothing can be made of comes last. */
export function recognise(files: readonly LookedAt[]): FileGroup[] {
  const groups: FileGroup[] = [];
  const taken = new Set<string>();
  const add = (group: FileGroup): void => {
    groups.push(group);
    for (const path of group.paths) taken.add(path);
  };

  for (const { path, head, json } of files) {
    const name = baseName(path);
    const document = documentOf(json);
    if (begins(head, artefactMagic)) add({ kind: "artefact", name, paths: [path] });
    else if (document !== undefined) add({ kind: "timeline", name, paths: [path], document });
    else if (isRecord(json) && "modelTopology" in json) add(networkOf(path, json, files));
    else if (begins(head, zipMagic)) add({ kind: /\.npz$/i.test(name) ? "dataset" : "archive", name, paths: [path] });
  }
  const idx = files.filter((file) => !taken.has(file.path) && isIdx(file)).map(({ path }) => path);
  for (const folder of new Set(idx.map(folderOf))) {
    const paths = idx.filter((path) => folderOf(path) === folder);
    add({ kind: "dataset", name: baseName(folder) || paths.map(baseName).join(", "), paths });
  }
  const left = files.map(({ path }) => path).filter((path) => !taken.has(path));
  const worthAWord = groups.length > 0 ? left.filter((path) => !isBystander(path)) : left;
  if (worthAWord.length > 0) {
    add({ kind: "unknown", name: worthAWord.slice(0, 5).map(baseName).join(", "), paths: worthAWord });
  }
  return groups;
}

/** A model.json with the files that it names; where some are not there, whatever lies beside it, for the engine to say so. */
function networkOf(path: string, json: Readonly<Record<string, unknown>>, files: readonly LookedAt[]): FileGroup {
  const folder = folderOf(path);
  const manifest = Array.isArray(json["weightsManifest"]) ? (json["weightsManifest"] as readonly unknown[]) : [];
  const named = new Set(
    manifest.flatMap((group) =>
      isRecord(group) && Array.isArray(group["paths"])
        ? group["paths"].filter((name) => typeof name === "string").map((name) => joined(folder, name))
        : [],
    ),
  );
  const weights = files.map((file) => file.path).filter((other) => other !== path && named.has(other));
  return { kind: "network", name: baseName(folder) || baseName(path), paths: [path, ...weights] };
}

/** Paths as the engine wants them: from the folder that holds the group on, so that the folder gives it its name. */
export function namesIn(group: FileGroup): ReadonlyMap<string, string> {
  const outer = folderOf(folderOf(group.paths[0] ?? ""));
  const prefix = outer === "" ? "" : `${outer}/`;
  return new Map(group.paths.map((path) => [path, path.startsWith(prefix) ? path.slice(prefix.length) : path]));
}
