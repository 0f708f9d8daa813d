/**
 * `npm run bench:page`: the built page in Chromium on this machine, without a GPU. Opening, the first document from Run
 * to its points, how long the main thread is held meanwhile, and what a visitor downloads before the page stands.
 */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "@playwright/test";
import { build, preview } from "vite";
import { chromiumArguments, findChromium } from "./find-chromium";

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly atMost?: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly tid: number;
  readonly pid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args?: { readonly name?: string };
}

const out = path.resolve("node_modules/.cache/bench-page");
const port = 4274;
const address = `http://localhost:${port}/`;
const openings = 3;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** The scripts that stand in index.html and what they import before they run. */
function initialScripts(): string[] {
  const html = readFileSync(path.join(out, "index.html"), "utf8");
  const waiting = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, file]) => file!);
  const found = new Set<string>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const text = readFileSync(path.join(out, file), "utf8");
    for (const [, other] of text.matchAll(/(?:from|^import|;import)\s*"\.\/([^"]+\.js)"/g)) {
      waiting.push(path.posix.join(path.posix.dirname(file), other!));
    }
  }
  return [...found];
}

async function openPage(browser: Browser): Promise<{ page: Page; ms: number }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
  const page = await context.newPage();
  const from = performance.now();
  await page.goto(address, { waitUntil: "commit" });
  await page.locator('[data-action="run"][aria-disabled="false"]').waitFor();
  return { page, ms: performance.now() - from };
}

/** Lengths of the tasks of the page's main thread, in milliseconds. */
function mainThreadTasks(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const main = traceEvents.filter((e) => e.name === "thread_name" && e.args?.name === "CrRendererMain");
  const isMain = (e: TraceEvent) => main.some(({ pid, tid }) => pid === e.pid && tid === e.tid);
  return traceEvents
    .filter((e) => e.ph === "X" && /RunTask$/.test(e.name) && isMain(e))
    .map(({ dur = 0 }) => dur / 1000)
    .filter((ms) => ms >= 1);
}

async function measure(browser: Browser): Promise<Figure[]> {
  const opened: number[] = [];
  for (let i = 0; i < openings; i++) {
    const { page, ms } = await openPage(browser);
    opened.push(ms);
    await page.context().close();
  }
  const { page } = await openPage(browser);
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  // How long an input waits until the page attends to it.
  await page.evaluate(() => {
    const delays: number[] = [];
    Object.assign(window, { delays });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceEventTiming[]) {
        delays.push(entry.processingStart - entry.startTime);
      }
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
  const from = performance.now();
  await page.locator('[data-action="run"]').click();
  await page.locator('[data-points]:not([data-points="0"])[data-phase="running"]').waitFor({ timeout: 120_000 });
  const first = performance.now() - from;
  const done = page.locator('[data-phase="done"][data-points]').waitFor({ timeout: 600_000 });
  let over = false;
  void done.then(() => (over = true));
  while (!over) {
    await page.keyboard.press("Shift");
    await page.waitForTimeout(500);
  }
  await done;
  const last = performance.now() - from;
  const tasks = mainThreadTasks(await browser.stopTracing()).sort((a, b) => a - b);
  const delays = await page.evaluate(() => (window as unknown as { delays: number[] }).delays);
  const bytes = initialScripts().reduce((sum, file) => sum + gzipSync(readFileSync(path.join(out, file))).length, 0);
  return [
    { name: "from opening to interactive", value: median(opened), unit: "ms" },
    { name: "from Run to the first point", value: first / 1000, unit: "s", atMost: 5 },
    { name: "from Run to the last point", value: last / 1000, unit: "s", atMost: 90 },
    {
      name: "95 % of main-thread tasks while running",
      value: tasks[Math.floor(0.95 * tasks.length)] ?? 0,
      unit: "ms",
      atMost: 50,
    },
    { name: "longest main-thread task while running", value: tasks.at(-1) ?? 0, unit: "ms", atMost: 100 },
    { name: "longest input delay while running", value: Math.max(0, ...delays), unit: "ms", atMost: 100 },
    { name: "initial JavaScript, gzip", value: bytes / 1000, unit: "kB", atMost: 300 },
  ];
}

await build({ logLevel: "error", build: { outDir: out, emptyOutDir: true } });
const server = await preview({ logLevel: "error", build: { outDir: out }, preview: { port, strictPort: true } });
const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments });
try {
  console.log(
    `page: Chromium ${browser.version()}, ${cpus().length} cores, ${cpus()[0]?.model ?? "unknown processor"}`,
  );
  for (const { name, value, unit, atMost } of await measure(browser)) {
    const goal = atMost === undefined ? "" : `at most ${atMost}${value > atMost ? "  MISSED" : ""}`;
    console.log(`${name.padEnd(42)}${value.toPrecision(4).padStart(8)} ${unit.padEnd(4)}${goal}`);
  }
} finally {
  await browser.close();
  await server.close();
}
