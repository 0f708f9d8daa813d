/** What the document menu does with the document and with the file of its run. */
import { zipSync } from "fflate";
import { documentFileName, fileName, fileOfRun, saveFile } from "../../actions/download";
import { linkTo } from "../../persistence/share-link";
import type { Studio } from "../../stores/studio";
import { dataOf, networkOf } from "./sources";

export function saveDocument({ document }: Studio): void {
  const content = document.getState().document;
  saveFile(`${JSON.stringify(content, null, 2)}\n`, documentFileName(content.name), "application/json");
}

/** model.json and its weights, in one zip, so that they stay together. */
export async function exportLayersModel({ runs, engine, notices }: Studio): Promise<void> {
  const { current } = runs.getState();
  if (!current) return;
  try {
    const bytes = await fileOfRun(engine, current);
    const files = await engine.call("exportModel", { bytes, format: "layers-model" });
    // Not packed tighter: weights hardly deflate, and it would take its time on this thread.
    const zip = zipSync(Object.fromEntries(files.map(({ name, bytes: content }) => [name, content])), { level: 0 });
    saveFile(zip, fileName(current.document.name, "zip"), "application/zip");
  } catch (error) {
    notices.getState().fail("downloadFailed", error);
  }
}

/** @returns the link where the browser does not let the page copy it, for the person to do so */
export async function copyLink({ document, notices, library, files }: Studio): Promise<string | null> {
  const content = document.getState().document;
  const link = linkTo(content, location.href);
  const { facts } = files.getState();
  const needed = [
    ...(content.model.source.startsWith("file:")
      ? [networkOf(content.model.source, library.getState(), facts).name]
      : []),
    ...(content.dataset.id.startsWith("file:") ? [dataOf(content.dataset.id, library.getState(), facts).name] : []),
  ];
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    return link;
  }
  notices
    .getState()
    .tell(
      needed.length > 0
        ? { tone: "info", key: "linkCopiedNeeds", values: { files: needed.join(", ") } }
        : { tone: "info", key: "linkCopied" },
    );
  return null;
}
