/**
 * A model out of a file of the user's, whatever its name: an artefact of the studio, or a tfjs model.json with its weights
 * beside it. The content decides.
 */
import { type DecodedArtefact, decodeArtefact, magicMatches } from "../codecs/artefact";
import { EngineError } from "../core/errors";
import type { UserFiles } from "../core/ports";
import type { Snapshot } from "../core/snapshot";
import { isModelJson } from "./layers-model/model-json";
import { readLayersModel } from "./layers-model/read";
import { isZip } from "./zip";

export type ModelFile =
  | { readonly kind: "artefact"; readonly snapshot: Snapshot; readonly artefact: DecodedArtefact }
  | { readonly kind: "layers-model"; readonly snapshot: Snapshot; readonly userMetadata: unknown };

/** No topology is longer; it keeps a 2 GB file from being read as text. */
const longestJson = 64 * 1024 * 1024;

/**
 * @param ref the file, or a folder with a model.json
 * @throws EngineError `unknown-format` when it is neither, `asset-missing`, and what the format's reader says
 */
export async function openModelFile(ref: string, files: UserFiles): Promise<ModelFile> {
  const file = await modelIn(ref, files);
  const bytes = await files.read(file);
  if (magicMatches(bytes)) {
    const artefact = decodeArtefact(bytes);
    return { kind: "artefact", snapshot: artefact.snapshot, artefact };
  }
  const json = parseJson(bytes);
  if (!isModelJson(json)) throw notAModel(file, bytes, json);
  const model = await readLayersModel(json, (path) => files.read(files.sibling(file, path)));
  return { kind: "layers-model", ...model };
}

async function modelIn(ref: string, files: UserFiles): Promise<string> {
  const names = await files.list(ref);
  if (!names) return ref;
  if (names.includes("model.json")) return files.sibling(ref, "model.json");
  throw new EngineError(
    "asset-missing",
    `'${ref}': expected a model.json in the folder, got ${names.slice(0, 20).join(", ") || "nothing"}`,
    { details: { ref } },
  );
}

/** @returns undefined when it is no JSON */
function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > longestJson) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function notAModel(file: string, bytes: Uint8Array, json: unknown): EngineError {
  return new EngineError(
    "unknown-format",
    `'${file}': expected an artefact of the studio or a tfjs model.json, got ${contentOf(bytes, json)}`,
    { details: { ref: file } },
  );
}

function contentOf(bytes: Uint8Array, json: unknown): string {
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  if (bytes.length === 0) return "an empty file";
  if (json !== undefined) return "JSON without modelTopology";
  if (start.startsWith("\x89HDF"))
    return "HDF5 (a Keras .h5); convert it with tensorflowjs_converter --input_format keras";
  if (isZip(bytes)) return "a ZIP file (perhaps .keras); convert it with tensorflowjs_converter";
  if (start.startsWith("TFL3", 4)) return "TFLite";
  return `bytes ${[...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, "0")).join(" ")}`;
}
