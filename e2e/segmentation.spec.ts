/** A task that is no classification: whatever said accuracy says its figure, and the file scores what the chart showed. */
import { expect, linkTo, test } from "./fixtures";
import { bytesOf } from "./page-models/files";

const scenes = {
  version: 1,
  name: "Scenes",
  seed: 5,
  dataset: { id: "digit-seg", train: 100, test: 100 },
  model: { source: "zoo:unet-half-digit-seg" },
  training: { learningRate: 0.0005, batchSize: 16 },
  evaluateEvery: 10,
  liveTest: 50,
  clips: [
    { id: "p", block: "prune.magnitude", start: 0, steps: 0, params: { sparsity: 0.6, scope: "global" } },
    { id: "d", block: "distill.kd-logits", start: 0, steps: 20, teacher: "original" },
  ],
};

test("segmentation is drawn, listed, compared and scored by its mean IoU", async ({ studio, page }) => {
  test.setTimeout(180_000);
  const { bar, files, charts } = studio;
  await studio.open(linkTo(scenes));
  await bar.runToTheEnd();
  await expect(page.getByRole("heading", { name: "Mean IoU against compression" })).toBeVisible();
  await expect(studio.status).toContainText(/step 20 · mean IoU \d/);
  const rows = await charts.pointRows();
  expect(rows).toHaveLength(4);
  await expect(page.getByRole("columnheader", { name: /^Mean IoU/ })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: /^Pixel accuracy/ })).toBeVisible();
  // The first share of a row is the main figure.
  const final = /[\d.]+ %/.exec(rows.at(-1)!)![0];

  const downloading = page.waitForEvent("download");
  await bar.download.click();
  await files.drop([
    { name: "scenes.csnet", mimeType: "application/octet-stream", buffer: await bytesOf(await downloading) },
  ]);
  await files.act("Evaluate it");
  await expect(files.panel).toContainText(`mean IoU ${final}`, { timeout: 60_000 });
});
