/** An artefact as files of a foreign format. Adding a format is a line here and one in the protocol. */
import { decodeArtefact } from "#engine/codecs/artefact";
import { EngineError } from "#engine/core/errors";
import type { Snapshot } from "#engine/core/snapshot";
import { writeLayersModel } from "#engine/formats/layers-model/write";
import type { ExportFormat, NamedFile } from "./protocol";

const writers: { readonly [Format in ExportFormat]: (snapshot: Snapshot) => NamedFile[] } = {
  "layers-model": (snapshot) => {
    const weightsFile = "weights.bin";
    const { modelJson, weights } = writeLayersModel(snapshot, { weightsFile });
    return [
      { name: "model.json", bytes: new TextEncoder().encode(JSON.stringify(modelJson)) },
      { name: weightsFile, bytes: weights },
    ];
  },
};

/** @throws EngineError `unknown-format`, or what is wrong with the file */
export function exportFile(bytes: Uint8Array, format: ExportFormat): NamedFile[] {
  if (!Object.hasOwn(writers, format)) {
    const known = Object.keys(writers);
    throw new EngineError("unknown-format", `expected a format among ${known.join(", ")}, got '${format}'`, {
      details: { format, known },
    });
  }
  return writers[format](decodeArtefact(bytes).snapshot);
}
