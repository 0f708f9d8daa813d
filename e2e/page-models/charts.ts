/** The middle above the timeline: charts, runs, the network's layers. */
import type { Locator, Page } from "@playwright/test";

export class Charts {
  readonly region: Locator;

  constructor(private readonly page: Page) {
    this.region = page.getByRole("region", { name: "Charts" });
  }

  tab(name: "Studio" | "Runs" | "Network"): Locator {
    return this.page.getByRole("tab", { name });
  }

  /** The points as a table: opened, if it is not. One text for each row, cells parted by tabs. */
  async pointRows(): Promise<string[]> {
    const details = this.region.locator("details", { hasText: "Show as table" });
    if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
    return details.locator("tbody tr").allInnerTexts();
  }
}
