/** What a pruner would do, what it did, and what layers can do without. */
import { pruned } from "./documents";
import { expect, linkTo, test } from "./fixtures";

test("what would go is shown unit by unit, and one is kept by keyboard, with a way back", async ({ studio, page }) => {
  await studio.open(linkTo(pruned));
  await studio.timeline.clip(/Filter pruning/).click();
  await studio.inspector.button("Preview").click();
  const cells = studio.inspector.region.getByRole("listbox", { name: /conv1/ });
  // Twenty filters, of which 0.2 go at the first of two rounds.
  await expect(cells.getByRole("option")).toHaveCount(20);
  await expect(cells.getByRole("option", { name: /: goes$/ })).toHaveCount(4);
  const names = await cells.getByRole("option").evaluateAll((all) => all.map((each) => each.ariaLabel ?? ""));
  const unit = names.findIndex((name) => name.endsWith(": goes"));
  await cells.focus();
  for (let n = 0; n < unit; n++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(cells.getByRole("option", { selected: true })).toHaveAccessibleName(new RegExp(`^unit ${unit},`));
  // Another goes in its place.
  await expect(cells.getByRole("option", { name: /: goes$/ })).toHaveCount(4);
  await page.keyboard.press("Control+z");
  await expect(cells.getByRole("option", { selected: true })).toHaveCount(0);
});

test("what comes before a clip is trained for its preview only when that is asked for", async ({ studio }) => {
  await studio.open(linkTo(pruned));
  await studio.timeline.clip(/Magnitude/).click();
  await studio.inspector.button("Preview").click();
  await expect(studio.inspector.region).toContainText("20 steps are to be trained first");
  await studio.inspector.button(/Train up to here/).click();
  await expect(studio.inspector.region).toContainText(/[\d,]+ of [\d,]+ weights/);
});

test("a scan fills cell by cell, stops, and its ratios become the clip's, as one step to undo", async ({
  studio,
  page,
}) => {
  await studio.open(linkTo(pruned));
  await studio.timeline.clip(/Filter pruning/).click();
  await studio.inspector.button("Scan").click();
  const table = studio.inspector.region.getByRole("table", { name: /Accuracy lost/ });
  await expect(table.getByRole("cell", { name: /\d/ }).first()).toBeVisible();
  await studio.inspector.button("Stop").click();
  await expect(studio.inspector.region).toContainText("Stopped; what is there can be used.");
  await studio.inspector.number("Each layer loses at most").fill("0.2");
  await studio.inspector.button("Use these ratios").click();
  await expect(studio.inspector.region).toContainText(/Layers with a ratio of their own: conv1 \d+ %/);
  await page.keyboard.press("Control+z");
  await expect(studio.inspector.region).not.toContainText("Layers with a ratio of their own");
});

test("after a run it is seen what went, and that a guard took a decision back", async ({ studio }) => {
  await studio.open(linkTo(pruned));
  await studio.timeline.clip(/Filter pruning/).click();
  await studio.bar.runToTheEnd();
  const went = studio.inspector.region.getByRole("group", { name: "What went" });
  await went.getByRole("radio", { name: "1, at step 0" }).check();
  await went.getByRole("button", { name: /^conv2:/ }).click();
  await expect(went.getByRole("img", { name: /^conv2 before/ })).toBeVisible();
  await expect(went.getByRole("img", { name: /^Weights of conv2 by size/ })).toBeVisible();
  await expect(studio.notices).toContainText("took a decision back");
  await studio.timeline.clip(/Magnitude/).click();
  await expect(went).toContainText("Taken back at step 20 by the accuracy guard");
});
