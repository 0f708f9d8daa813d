/** The right column: the selected clip, or the document. */
import type { Locator, Page } from "@playwright/test";

export class Inspector {
  readonly region: Locator;
  readonly title: Locator;

  constructor(page: Page) {
    this.region = page.locator("aside.inspector");
    this.title = page.locator("#inspector-title");
  }

  number(label: string): Locator {
    return this.region.getByRole("spinbutton", { name: label, exact: true });
  }

  findings(): Locator {
    return this.region.getByRole("list", { name: "Findings" });
  }

  button(name: string | RegExp): Locator {
    return this.region.getByRole("button", { name });
  }
}
