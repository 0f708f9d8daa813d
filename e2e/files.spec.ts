/** Files in and out: what is downloaded, dropped, chosen, kept, linked. */
import { unzipSync } from "fflate";
import { small } from "./documents";
import { expect, linkTo, test } from "./fixtures";
import { bytesOf } from "./page-models/files";
import { Studio } from "./page-models/studio";
import { tinyData, tinyModel } from "./tiny-files";

const file = (name: string, buffer: Buffer) => ({ name, mimeType: "application/octet-stream", buffer });

test("the file of a run is downloaded, brings its timeline back, and scores what the chart showed", async ({
  studio,
  page,
}) => {
  const { bar, files, timeline } = studio;
  await studio.open(linkTo(small));
  await bar.runToTheEnd();
  const final = /accuracy ([\d.]+) %/.exec(await studio.status.innerText())![1]!;
  const downloading = page.waitForEvent("download");
  await bar.download.click();
  const bytes = await bytesOf(await downloading);

  await studio.timeline.clip(/^Magnitude/).focus();
  await page.keyboard.press("Delete");
  await files.drop([file("small.csnet", bytes)]);
  await expect(files.panel).toContainText("Compressed network");
  await files.act("Evaluate it");
  await expect(files.panel).toContainText(new RegExp(`accuracy ${final}\\d* %`), { timeout: 30_000 });
  await files.act("Open its timeline too");
  await expect(timeline.clips("Prune")).toHaveCount(1);
});

test("a network and data that nobody here made are shown before they are used, and run", async ({ studio }) => {
  const { files, bar, palette, inspector } = studio;
  await studio.open(linkTo({ ...small, clips: [] }));
  await files.drop(await tinyModel());
  await expect(files.panel).toContainText("tfjs LayersModel");
  await expect(files.panel).toContainText("It does not fit");
  await files.act("Use as the network");
  await files.drop([tinyData()]);
  await expect(files.panel).toContainText("184 training, 16 validation, 40 test");
  await files.act("Use as data");
  await studio.page.keyboard.press("Escape");
  await palette.method("Fine-tune").click();
  await inspector.number("Length").fill("30");
  await inspector.number("Length").press("Enter");
  await bar.runToTheEnd();
  await expect(studio.status).toContainText("step 30");
});

test.describe("what cannot be read is said beside it, and changes nothing", () => {
  test.beforeEach(({ studio }) => studio.open(linkTo(small)));

  test("files", async ({ studio, page }) => {
    const { files, timeline } = studio;
    const response = await page.request.get("./zoo/mobile-t-fashion-mnist.csnet");
    const good = await response.body();
    const flipped = Buffer.from(good);
    flipped[good.length >> 1]! ^= 255;
    for (const [name, bytes, said] of [
      ["cut.csnet", good.subarray(0, good.length >> 1), "cut short"],
      ["flipped.csnet", flipped, "damaged"],
      ["noise.bin", Buffer.alloc(2000, 7), "no kind that the studio reads"],
      ["timeline.json", Buffer.from('{"version":1,"clips":"none"}'), "not valid"],
    ] as const) {
      await files.drop([file(name, Buffer.from(bytes))]);
      await expect(files.panel).toContainText(said);
      await expect(files.panel).toContainText("expected");
      await page.keyboard.press("Escape");
    }
    await expect(timeline.clips("Prune")).toHaveCount(1);
    await expect(studio.bar.undo).toHaveAttribute("aria-disabled", "true");
  });

  test("links", async ({ studio, page }) => {
    await studio.saved();
    await page.goto("about:blank");
    await studio.open("#p=1.AAAA");
    await expect(page.locator("body")).toContainText(/expected .*got/);
    await expect(studio.timeline.clips("Prune")).toHaveCount(1);
  });
});

test("everything opens again after a reload; two tabs do not overwrite each other", async ({
  studio,
  page,
  context,
}) => {
  await studio.open(linkTo(small));
  await studio.timeline.clip(/^Magnitude/).focus();
  await page.keyboard.press("Shift+ArrowRight");
  await studio.saved();
  const place = await studio.timeline.placeOf(studio.timeline.clip(/^Magnitude/));
  await page.reload();
  await studio.timeline.expectPlace(studio.timeline.clip(/^Magnitude/), place);

  const second = new Studio(await context.newPage());
  await second.open();
  await expect(second.notices).toContainText("another tab");
  await second.timeline.clip(/^Magnitude/).focus();
  await second.page.keyboard.press("Delete");
  await second.saved();
  await second.page.close();
  await page.reload();
  await expect(studio.timeline.clips("Prune")).toHaveCount(1);
});

test("a browser that keeps nothing says so, and the page works", async ({ studio, page, complaints }) => {
  await page.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: undefined }));
  await studio.open(linkTo(small));
  await expect(studio.status).toContainText("kept until you close this page");
  await studio.timeline.clip(/^Magnitude/).focus();
  await page.keyboard.press("Delete");
  await expect(studio.timeline.clips("Prune")).toHaveCount(0);
  complaints.length = 0;
});

test("a network goes out as a tfjs LayersModel, a timeline as JSON and as a link", async ({ studio, page }) => {
  const { files } = studio;
  await studio.open(linkTo(small));
  await studio.bar.runToTheEnd();
  await files.openDocumentMenu();
  const exporting = page.waitForEvent("download");
  await files.documentMenu.getByRole("button", { name: /LayersModel/ }).click();
  const names = Object.keys(unzipSync(new Uint8Array(await bytesOf(await exporting))));
  expect(names.some((name) => name.endsWith("model.json"))).toBe(true);

  await files.openDocumentMenu();
  const saving = page.waitForEvent("download");
  await files.documentMenu.getByRole("button", { name: /Save the timeline/ }).click();
  const json = JSON.parse((await bytesOf(await saving)).toString()) as { name: string; clips: unknown[] };
  expect([json.name, json.clips.length]).toEqual(["Small", 2]);
});
