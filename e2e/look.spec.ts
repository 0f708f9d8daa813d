/** How it looks and reads: themes, languages, widths, and what axe finds. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { pruned } from "./documents";
import { expect, linkTo, test } from "./fixtures";

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing, ${colorScheme}`, async ({ studio, page }) => {
    await page.emulateMedia({ colorScheme });
    await studio.open();
    await expect(studio.bar.progress).toContainText("came with the studio");
    await expect(studio.charts.region).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await studio.timeline.clip(/^Magnitude/).click();
    expect(await violations(page)).toEqual([]);
    for (const tab of ["Runs", "Network"] as const) {
      await studio.charts.tab(tab).click();
      expect(await violations(page)).toEqual([]);
    }
  });
}

test("axe finds nothing in what a pruning clip shows before and after a run, and a telephone holds it", async ({
  studio,
  page,
}) => {
  await studio.open(linkTo(pruned));
  await studio.timeline.clip(/Filter pruning/).click();
  await studio.inspector.button("Preview").click();
  await expect(studio.inspector.region).toContainText(/[\d,]+ of [\d,]+/);
  await studio.inspector.button("Scan").click();
  await studio.bar.runToTheEnd();
  await expect(studio.inspector.region.getByRole("group", { name: "What went" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.setViewportSize({ width: 375, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  expect(await violations(page)).toEqual([]);
});

test("nothing is wider than a telephone, and methods are added by tap", async ({ studio, page }) => {
  await page.setViewportSize({ width: 375, height: 800 });
  await studio.open();
  await expect(studio.bar.progress).toContainText("came with the studio");
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(375);
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Add a method" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Fine-tune" }).click();
  await expect(studio.timeline.clips("Train")).toHaveCount(1);
});

test("language and theme change at once, and stay over a reload", async ({ studio, page }) => {
  await studio.open();
  await studio.bar.region.getByRole("button", { name: /中文/ }).click();
  await expect(page.getByRole("region", { name: "时间线" })).toContainText("剪枝");
  await expect(page.locator("html")).toHaveAttribute("lang", "zh");
  const seen = await page.locator("body").innerText();
  // What is left in Latin letters is names, units and codes, and the timeline's own name.
  expect(seen).not.toMatch(/\b(Run|Stop|Timeline|Findings|accuracy|steps)\b/);
  const theme = page.getByRole("button", { name: /主题/ });
  await theme.click();
  await theme.click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.waitForTimeout(500);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("region", { name: "时间线" })).toBeVisible();
});
