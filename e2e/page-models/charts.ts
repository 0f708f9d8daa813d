/** The middle above the timeline: charts, runs, the network's layers. */
import type { Locator, Page } from "@playwright/test";
import { bytesOf } from "./files";

export class Charts {
  readonly region: Locator;

  constructor(private readonly page: Page) {
    this.region = page.getByRole("region", { name: "Charts" });
  }

  tab(name: "Studio" | "Runs" | "Network"): Locator {
    return this.page.getByRole("tab", { name });
  }

  /** The points as they are exported: of each point what stands under a column's name. */
  async points(): Promise<Record<string, string>[]> {
    await this.pointRows();
    const downloading = this.page.waitForEvent("download");
    await this.region.getByRole("button", { name: "Download CSV" }).click();
    const [head, ...rows] = (await bytesOf(await downloading)).toString().trim().split("\n");
    const columns = head!.split(",");
    return rows.map((row) => Object.fromEntries(row.split(",").map((value, i) => [columns[i]!, value])));
  }

  /** The points as a table: opened, if it is not. One text for each row, cells parted by tabs. */
  async pointRows(): Promise<string[]> {
    const details = this.region.locator("details", { hasText: "Show as table" });
    if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
    return details.locator("tbody tr").allInnerTexts();
  }
}
