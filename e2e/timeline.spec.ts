/** Clips on the timeline: by pointer, by key and by click. */
import { small } from "./documents";
import { expect, linkTo, test } from "./fixtures";

const longer = {
  ...small,
  clips: [{ id: "p", block: "prune.magnitude", start: 100, steps: 200, params: { schedule: "agp" } }],
};
const magnitude = /^Magnitude pruning/;

test.beforeEach(({ studio }) => studio.open(linkTo(longer)));

test("by pointer: a method is dropped, moved, stretched, and the combination follows while it is dragged", async ({
  studio,
  page,
}) => {
  const { timeline, palette, bar } = studio;
  const clip = timeline.clip(magnitude);
  // What is dragged to the right makes the timeline longer, and so the scale smaller.
  const pixelsFor = async (steps: number) => ((await clip.boundingBox())!.width * steps) / 200;

  await timeline.drag(clip, { x: await pixelsFor(50) });
  await expect.poll(async () => (await timeline.placeOf(clip)).from).toBeGreaterThan(120);
  const moved = await timeline.placeOf(clip);
  expect(moved.to - moved.from).toBe(200);
  await bar.undo.click();
  await timeline.expectPlace(clip, { from: 100, to: 300 });

  const edge = timeline.lane("Prune").locator('[data-edge="end"]');
  await timeline.drag(edge, { x: await pixelsFor(50) });
  await expect.poll(async () => (await timeline.placeOf(clip)).to).toBeGreaterThan(320);
  expect((await timeline.placeOf(clip)).from).toBe(100);

  await expect(timeline.combinations).not.toContainText("C-1");
  const soft = palette.method("Soft labels");
  await soft.scrollIntoViewIfNeeded();
  const from = (await soft.boundingBox())!;
  const lane = (await timeline.lane("Distil").boundingBox())!;
  await page.mouse.move(from.x + 20, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(lane.x + 300, lane.y + 10, { steps: 10 });
  await expect(timeline.combinations).toContainText(/C-1\s*· prune while distilling/);
  await page.mouse.up();
  await expect(timeline.clips("Distil")).toHaveCount(1);
  await expect(timeline.combinations).toContainText(/C-1\s*· prune while distilling/);
  await bar.undo.click();
  await expect(timeline.clips("Distil")).toHaveCount(0);
});

test("by pointer: Escape gives a drag up", async ({ studio, page }) => {
  const { timeline } = studio;
  const clip = timeline.clip(magnitude);
  const box = (await clip.boundingBox())!;
  await page.mouse.move(box.x + 30, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + 120, box.y + 8, { steps: 6 });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await timeline.expectPlace(clip, { from: 100, to: 300 });
  await expect(studio.bar.undo).toHaveAttribute("aria-disabled", "true");
});

test("by keyboard alone: add, move, stretch, copy, delete, undo, run, stop, download", async ({ studio, page }) => {
  const { timeline, palette, bar } = studio;
  await palette.search.focus();
  await page.keyboard.type("soft labels");
  // Past the heading of its group.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(palette.method("Soft labels")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(timeline.clips("Distil")).toHaveCount(1);

  const clip = timeline.clip(magnitude);
  await clip.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(async () => (await timeline.placeOf(clip)).from).toBeGreaterThan(100);
  const grid = (await timeline.placeOf(clip)).from - 100;
  await timeline.expectPlace(clip, { from: 100 + grid, to: 300 + grid });
  await page.keyboard.press("Shift+ArrowRight");
  await timeline.expectPlace(clip, { from: 100 + grid, to: 300 + 2 * grid });
  await page.keyboard.press("Home");
  await timeline.expectPlace(clip, { from: 0, to: 200 + grid });
  await page.keyboard.press("Control+d");
  await expect(timeline.clips("Prune")).toHaveCount(2);
  await page.keyboard.press("Delete");
  await expect(timeline.clips("Prune")).toHaveCount(1);
  await page.keyboard.press("Control+z");
  await expect(timeline.clips("Prune")).toHaveCount(2);
  await page.keyboard.press("Control+Shift+z");
  await expect(timeline.clips("Prune")).toHaveCount(1);

  await page.keyboard.press("Control+Enter");
  await bar.reaches(2);
  await page.keyboard.press("Control+Backspace");
  await expect(bar.progress).toContainText("stopped");

  const downloading = page.waitForEvent("download");
  await page.keyboard.press("Control+s");
  expect((await downloading).suggestedFilename()).toBe("Small.csnet");
});

test("by keyboard: a clip is lifted, moved and dropped", async ({ studio, page }) => {
  const { timeline } = studio;
  const clip = timeline.clip(magnitude);
  await clip.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await expect.poll(async () => (await timeline.placeOf(clip)).from).toBeGreaterThan(100);
  const { from, to } = await timeline.placeOf(clip);
  expect(to - from).toBe(200);
});

test("by click: a method is added, placed by numbers, copied and removed", async ({ studio }) => {
  const { timeline, palette, inspector } = studio;
  await palette.method("Fake quantization").click();
  await expect(timeline.clips("Quantize")).toHaveCount(1);
  await expect(inspector.title).toContainText("Fake quantization");
  await inspector.number("From step").fill("40");
  await inspector.number("From step").press("Enter");
  await inspector.number("Length").fill("60");
  await inspector.number("Length").press("Enter");
  await timeline.expectPlace(timeline.clip(/^Fake quantization/), { from: 40, to: 100 });
  await timeline.tool("Duplicate").click();
  await expect(timeline.clips("Quantize")).toHaveCount(2);
  await timeline.tool("Delete").click();
  await expect(timeline.clips("Quantize")).toHaveCount(1);
});

test("a mistake is said where it is, and mended by a press", async ({ studio }) => {
  const { timeline, inspector, bar } = studio;
  await timeline.clip(magnitude).click();
  await inspector.number("Length").fill("0");
  await inspector.number("Length").press("Enter");
  await expect(inspector.findings()).toContainText("Its schedule needs a length");
  await expect(bar.run).toHaveAttribute("aria-disabled", "true");
  await inspector.button("Prune in one shot").click();
  // What is left is a hint: nothing trains after it.
  await expect(inspector.findings()).not.toContainText("Error");
  await expect(bar.run).toHaveAttribute("aria-disabled", "false");
  await inspector.number("Sparsity").fill("2");
  await inspector.number("Sparsity").press("Enter");
  await expect(inspector.number("Sparsity")).toHaveAttribute("aria-invalid", "true");
  await expect(inspector.region).toContainText("0.999");
});
