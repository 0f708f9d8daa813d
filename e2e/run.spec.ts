/** Running: to the end, stopped, paused, over a reload, over the death of the worker. */
import type { Browser } from "@playwright/test";
import { endless, small, twoParts } from "./documents";
import { expect, linkTo, test } from "./fixtures";
import { Studio } from "./page-models/studio";

test("a newcomer sees a finished run, and runs a timeline to its end", async ({ studio }) => {
  await studio.open();
  await expect(studio.bar.progress).toContainText("came with the studio");
  await expect(studio.bar.run).toHaveAccessibleName("Run it yourself");
  await studio.open(linkTo(small));
  await studio.bar.runToTheEnd();
  const rows = await studio.charts.pointRows();
  // The original, the pruned network, two points between, the end.
  expect(rows).toHaveLength(5);
  await expect(studio.status).toContainText(/step 60 · accuracy \d/);
});

test("a run stops at once, and keeps the file of its last boundary", async ({ studio, page }) => {
  await studio.open(linkTo(endless));
  await studio.bar.run.click();
  await studio.bar.reaches(5);
  await studio.bar.stop.click();
  await expect(studio.bar.progress).toContainText("stopped", { timeout: 5_000 });
  const download = page.waitForEvent("download");
  await studio.bar.download.click();
  expect((await download).suggestedFilename()).toBe("Endless.csnet");
});

test("a run pauses, steps and goes on", async ({ studio }) => {
  await studio.open(linkTo(small));
  await studio.bar.step.click();
  await studio.bar.reaches(1);
  await studio.bar.step.click();
  await expect(studio.bar.progress).toContainText("step 2 of 60 · paused");
  await studio.bar.run.click();
  await studio.bar.done();
});

/** Step, clip, accuracy, images, bytes and ratio; not what a clock measured. */
const figures = (rows: readonly string[]) => rows.map((row) => row.split("\t").slice(0, 6).join(" | "));

/** A visitor of their own, who has kept nothing. */
async function visitor(browser: Browser, hash: string): Promise<Studio> {
  const context = await browser.newContext();
  const other = new Studio(await context.newPage());
  await other.open(hash);
  return other;
}

test("a run that is disturbed ends on the numbers of one that is not", async ({ browser }) => {
  test.setTimeout(240_000);
  const undisturbed = await visitor(browser, linkTo(twoParts));
  await undisturbed.bar.runToTheEnd();
  const expected = figures(await undisturbed.charts.pointRows());
  await undisturbed.page.context().close();

  await test.step("by the death of its worker, which fires no event", async () => {
    const studio = await visitor(browser, linkTo(twoParts));
    await studio.bar.run.click();
    await studio.bar.reaches(100);
    // The engine's, not one of the threads that it computes on.
    const worker = studio.page.workers().find((candidate) => !candidate.url().includes("kernel-thread"));
    await worker!.evaluate(() => close()).catch(() => undefined);
    await expect(studio.notices).toContainText("The engine had to be started again");
    await studio.bar.done();
    expect(figures(await studio.charts.pointRows())).toEqual(expected);
    await studio.page.context().close();
  });

  await test.step("by a reload", async () => {
    const studio = await visitor(browser, linkTo(twoParts));
    await studio.bar.run.click();
    await studio.bar.reaches(100);
    await studio.page.reload();
    await studio.bar.done();
    expect(figures(await studio.charts.pointRows())).toEqual(expected);
    await studio.page.context().close();
  });
});

test("what is drawn says when the timeline has changed since", async ({ studio }) => {
  await studio.open(linkTo(small));
  await studio.bar.runToTheEnd();
  await studio.timeline.clip(/Magnitude/).click();
  await studio.inspector.number("Sparsity").fill("0.5");
  await studio.inspector.number("Sparsity").press("Enter");
  await expect(studio.bar.progress).toContainText("the timeline has changed since");
  await studio.bar.undo.click();
  await expect(studio.bar.progress).not.toContainText("changed since");
});
