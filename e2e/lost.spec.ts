/** A browser that lacks something computes all the same, and the backend badge says what it lost. */
import { chromium } from "@playwright/test";
import { chromiumArguments, findChromium } from "../scripts/find-chromium";
import { small } from "./documents";
import { expect, linkTo, test } from "./fixtures";
import { Studio } from "./page-models/studio";

test("with all there is nothing is said to be lacking, and a step has its figure", async ({ studio, page }) => {
  await studio.open();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const badge = await studio.bar.openBadge();
  await expect(badge).toContainText(/wasm · .*SIMD/);
  await expect(badge).toContainText(/One training step of a small network takes [\d,.]+ ms here/);
  await expect(badge).not.toContainText("COOP");
  await expect(badge).not.toContainText("No SIMD");
});

test("a host that does not isolate the page takes its threads", async ({ studio, page }) => {
  await page.route("**/*", async (route) => {
    const response = await route.fetch();
    const headers = Object.entries(response.headers()).filter(([name]) => !name.startsWith("cross-origin-"));
    await route.fulfill({ response, headers: Object.fromEntries(headers) });
  });
  await studio.open(linkTo(small));
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  const badge = await studio.bar.openBadge();
  await expect(badge).toContainText(/SIMD · 1 thread · \d+ compiled kernels/);
  await expect(badge).toContainText("No threads: this page is not cross-origin isolated");
  await page.keyboard.press("Escape");
  await studio.bar.runToTheEnd();
});

test("a processor without vector instructions trains on plain WebAssembly", async ({ baseURL }) => {
  // WebAssembly's SIMD needs SSE 4.1.
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [...chromiumArguments, "--js-flags=--no-enable-sse4-1"],
  });
  try {
    const page = await browser.newPage({ baseURL: baseURL!, viewport: { width: 1440, height: 900 } });
    const studio = new Studio(page);
    await studio.open(linkTo({ ...small, clips: [{ id: "t", block: "train.fine-tune", start: 0, steps: 6 }] }));
    const badge = await studio.bar.openBadge();
    await expect(badge).toContainText(/wasm · 1 thread/);
    await expect(badge).toContainText("No SIMD");
    await expect(badge).toContainText(/takes [\d,.]+ ms here/);
    await page.keyboard.press("Escape");
    await studio.bar.runToTheEnd();
  } finally {
    await browser.close();
  }
});
