/** Getting at files: dropped ones, folders with all that is in them, and chosen ones. */

export interface DroppedFile {
  readonly path: string;
  readonly file: Blob;
}

/** Nobody drops more on purpose. */
const mostFiles = 2000;

export const hasFiles = (transfer: DataTransfer | null): boolean => transfer?.types.includes("Files") ?? false;

/** Call it while the drop event is handled: what was dropped is gone afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  const files: DroppedFile[] = [];
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const dropped = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  for (const { entry, file } of dropped) {
    if (entry?.isDirectory) await walk(entry as FileSystemDirectoryEntry, files);
    else if (file) files.push({ path: file.name, file });
  }
  return files;
}

async function walk(folder: FileSystemDirectoryEntry, into: DroppedFile[]): Promise<void> {
  const reader = folder.createReader();
  for (;;) {
    // Some of the entries, until there are no more.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    for (const entry of entries) {
      if (into.length >= mostFiles) return;
      if (entry.isDirectory) await walk(entry as FileSystemDirectoryEntry, into);
      else {
        const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
        into.push({ path: entry.fullPath.replace(/^\//, ""), file });
      }
    }
  }
}

/** Opens the browser's chooser. Call it while a click is handled. */
export function chooseFiles(onChosen: (files: readonly DroppedFile[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.addEventListener("change", () => onChosen([...(input.files ?? [])].map((file) => ({ path: file.name, file }))));
  input.click();
}
