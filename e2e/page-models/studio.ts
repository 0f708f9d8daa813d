/** The studio as a visitor meets it: one object for each region of the screen, by roles and names. */
import { expect, type Locator, type Page } from "@playwright/test";
import { Bar } from "./bar";
import { Charts } from "./charts";
import { Files } from "./files";
import { Inspector } from "./inspector";
import { Palette } from "./palette";
import { Timeline } from "./timeline";

export class Studio {
  readonly bar: Bar;
  readonly palette: Palette;
  readonly timeline: Timeline;
  readonly inspector: Inspector;
  readonly charts: Charts;
  readonly files: Files;
  readonly status: Locator;
  readonly notices: Locator;

  constructor(readonly page: Page) {
    this.bar = new Bar(page);
    this.palette = new Palette(page);
    this.timeline = new Timeline(page);
    this.inspector = new Inspector(page);
    this.charts = new Charts(page);
    this.files = new Files(page);
    this.status = page.getByRole("region", { name: "Status" });
    this.notices = page.getByRole("region", { name: "Notices" });
  }

  /** Opens the page and waits until it can be used. @param hash with its `#`: what a link carries */
  async open(hash = ""): Promise<void> {
    await this.page.goto(`./${hash}`);
    await expect(this.timeline.region).toBeVisible();
  }

  /** Waits until what was done is kept. */
  async saved(): Promise<void> {
    await expect(this.status).toContainText(/^saved/);
  }
}
