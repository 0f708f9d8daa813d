/** The line on top. */
import { expect, type Locator, type Page } from "@playwright/test";

export class Bar {
  readonly region: Locator;
  readonly run: Locator;
  readonly stop: Locator;
  readonly step: Locator;
  readonly undo: Locator;
  readonly redo: Locator;
  readonly download: Locator;
  readonly progress: Locator;

  constructor(private readonly page: Page) {
    this.region = page.getByRole("region", { name: "Run and document" });
    const button = (name: string) => this.region.getByRole("button", { name, exact: true });
    this.run = this.region.getByRole("button", { name: /^(Run|Run it yourself|Pause|Resume)$/ });
    this.stop = button("Stop");
    this.step = button("Step");
    this.undo = button("Undo");
    this.redo = button("Redo");
    this.download = button("Download");
    this.progress = page.locator(".run-progress");
  }

  async runToTheEnd(): Promise<void> {
    await this.run.click();
    await this.done();
  }

  async done(): Promise<void> {
    await expect(this.progress).toContainText(/done in/, { timeout: 60_000 });
  }

  /** Waits for the run to have trained so many steps. */
  async reaches(step: number): Promise<void> {
    await expect
      .poll(
        async () => Number(/step ([\d,]+) of/.exec(await this.progress.innerText())?.[1]?.replaceAll(",", "") ?? 0),
        {
          timeout: 60_000,
        },
      )
      .toBeGreaterThanOrEqual(step);
  }

  /** Opens the panel of the backend, when one is prepared. @returns the panel */
  async openBadge(): Promise<Locator> {
    const badge = this.region.locator("summary", { hasText: "runs on" });
    await expect(badge).not.toContainText("starting", { timeout: 60_000 });
    await badge.click();
    return this.region.locator(".backend-menu");
  }

  async chooseBackend(name: string): Promise<void> {
    const badge = this.region.locator("summary", { hasText: "runs on" });
    await badge.click();
    await this.page.getByRole("radio", { name: new RegExp(`^${name}`) }).check();
    await expect(badge).toContainText(name, { timeout: 180_000 });
    await this.page.keyboard.press("Escape");
  }
}
