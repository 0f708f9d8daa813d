/** How a data set is opened: by a name of the catalogue, or `file:<path>` for the user's own. */
import { EngineError } from "../core/errors";
import { openCatalogueDataset } from "./catalogue-dataset";
import { openFileDataset } from "./file-dataset";
import { openGeneratedDataset } from "./generated-dataset";
import { catalogueIds, datasetIds, generatedIds } from "./manifest";
import type { DatasetPorts, DatasetSource, LoadProgress } from "./source";

export type { DatasetInfo, DatasetPorts, DatasetSource, LabelledImages, LoadOptions, LoadProgress } from "./source";

/**
 * @param id a name of the catalogue, or `file:<path>`: a folder of IDX files or an .npz
 * @param onProgress of a user's file, which is read here as a whole; a catalogue's shards are read by `load`
 * @throws EngineError `unknown-dataset`; `invalid-file` and its kin for a user's file
 */
export async function openDataset(id: string, ports: DatasetPorts, onProgress?: LoadProgress): Promise<DatasetSource> {
  if (id.startsWith("file:")) return openFileDataset(id, ports, onProgress);
  const known = catalogueIds.find((name) => name === id);
  if (known) return openCatalogueDataset(known, ports);
  const made = generatedIds.find((name) => name === id);
  if (made) return openGeneratedDataset(made, ports);
  throw new EngineError(
    "unknown-dataset",
    `expected a dataset of the catalogue (${datasetIds.join(", ")}) or file:<path>, got '${id}'`,
    { details: { id, known: datasetIds } },
  );
}
