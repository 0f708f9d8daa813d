/** The list of methods. */
import type { Locator, Page } from "@playwright/test";

export class Palette {
  readonly region: Locator;
  readonly search: Locator;

  constructor(page: Page) {
    this.region = page.getByRole("region", { name: "Methods" });
    this.search = this.region.getByRole("searchbox");
  }

  method(name: string): Locator {
    return this.region.getByRole("button", { name });
  }
}
