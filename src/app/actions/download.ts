/** Giving files to the person. */
import type { EngineClient } from "../../worker/protocol";
import type { Run } from "../stores/run-store";
import type { Studio } from "../stores/studio";

export const fileName = (name: string, extension: string): string =>
  `${name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "network"}.${extension}`;

/** Whether there is a compressed network to download: of a run that is done, or at its last boundary. */
export const hasFile = ({ runs }: Studio): boolean => {
  const { current } = runs.getState();
  return current !== null && (current.artefact !== null || (current.boundaries.length > 0 && !current.shipped));
};

/** The file of a run: its final one, else that of its last boundary. @throws EngineError `asset-missing` */
export const fileOfRun = async (engine: EngineClient, { id, artefact }: Pick<Run, "id" | "artefact">) =>
  artefact?.bytes ?? (await engine.call("boundaryFile", { runId: id })).bytes;

/** The compressed network of the run that is shown: its final file, else that of its last boundary. */
export async function downloadCurrent({ runs, engine, notices }: Studio): Promise<void> {
  const { current } = runs.getState();
  if (!current) return;
  try {
    const bytes = await fileOfRun(engine, current);
    saveFile(bytes, fileName(current.document.name, "csnet"), "application/octet-stream");
  } catch (error) {
    notices.getState().fail("downloadFailed", error);
  }
}

/** @param content bytes, or text */
export function saveFile(content: Uint8Array | string, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export const documentFileName = (name: string): string => fileName(name, "json");
