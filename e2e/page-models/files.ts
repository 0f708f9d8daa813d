/** Menus of network, data and document; what was dropped or chosen. */
import { readFile } from "node:fs/promises";
import type { Download, Locator, Page } from "@playwright/test";
import type { TinyFile } from "../tiny-files";

export class Files {
  /** What was found in the files that were dropped or chosen. */
  readonly panel: Locator;
  readonly documentMenu: Locator;

  constructor(private readonly page: Page) {
    this.panel = page.getByRole("dialog");
    this.documentMenu = page.locator("details.menu", { has: page.locator("summary", { hasText: "Document" }) });
  }

  async openDocumentMenu(): Promise<void> {
    await this.documentMenu.locator("summary").click();
  }

  /** As from the file manager of a computer, anywhere on the page. */
  async drop(files: readonly TinyFile[]): Promise<void> {
    const transfer = await this.page.evaluateHandle(
      (dropped) => {
        const data = new DataTransfer();
        for (const { name, base64 } of dropped) {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          data.items.add(new File([bytes], name));
        }
        return data;
      },
      files.map(({ name, buffer }) => ({ name, base64: buffer.toString("base64") })),
    );
    for (const type of ["dragenter", "dragover", "drop"]) {
      await this.page.dispatchEvent("main", type, { dataTransfer: transfer });
    }
  }

  async act(name: string): Promise<void> {
    await this.panel.getByRole("button", { name }).click();
  }
}

export async function bytesOf(download: Download): Promise<Buffer> {
  return readFile(await download.path());
}
