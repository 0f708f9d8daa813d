/** The user's own data set (`file:<path>`): a folder of IDX files, or an .npz. */
import { EngineError } from "../core/errors";
import type { DatasetPorts, DatasetSource, LoadProgress } from "./source";

export async function openFileDataset(
  id: string,
  _ports: DatasetPorts,
  _onProgress?: LoadProgress,
): Promise<DatasetSource> {
  await Promise.resolve();
  throw new EngineError("unknown-dataset", `'${id}': not yet`);
}
