/**
 * `npm run bench:page`: the built page in Chromium on this machine, without a GPU. Opening, documents from Run to their
 * points, how long the main thread is held meanwhile, and what a visitor downloads before the page stands. Of tasks both
 * times are told: by the clock, which other programs on the machine lengthen, and on the processor, which they do not.
 */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "@playwright/test";
import { build, preview } from "vite";
import studioDocument from "../examples/studio.json" with { type: "json" };
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
  /** Microseconds by the clock, and on the processor. */
  readonly dur?: number;
  readonly tdur?: number;
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

/** The largest network of the zoo, by the same methods; few steps, since one of them takes ten times as long. */
const largest = {
  ...studioDocument,
  dataset: { ...studioDocument.dataset, train: 400, test: 1000 },
  model: { source: "zoo:cnn-m-fashion-mnist" },
  evaluateEvery: 10,
  liveTest: 200,
  clips: studioDocument.clips.map(({ start, steps, ...clip }) => ({
    ...clip,
    start: Math.round(start / 10),
    steps: Math.round(steps / 10),
  })),
};

/** As a link carries it. */
const hashOf = (document: object): string =>
  `#p=1.${deflateRawSync(JSON.stringify(document), { level: 9 }).toString("base64url")}`;

async function openPage(browser: Browser, hash = ""): Promise<{ page: Page; ms: number }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
  const page = await context.newPage();
  const from = performance.now();
  await page.goto(address + hash, { waitUntil: "commit" });
  await page.locator('[data-action="run"][aria-disabled="false"]').waitFor();
  return { page, ms: performance.now() - from };
}

interface Task {
  readonly ms: number;
  readonly processorMs: number;
}

/** The tasks of the page's main thread of a millisecond or more. */
function mainThreadTasks(trace: Buffer): Task[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const main = traceEvents.filter((e) => e.name === "thread_name" && e.args?.name === "CrRendererMain");
  const isMain = (e: TraceEvent) => main.some(({ pid, tid }) => pid === e.pid && tid === e.tid);
  return traceEvents
    .filter((e) => e.ph === "X" && e.name === "RunTask" && isMain(e))
    .map(({ dur = 0, tdur = 0 }) => ({ ms: dur / 1000, processorMs: tdur / 1000 }))
    .filter(({ ms }) => ms >= 1);
}

const share = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(part * values.length))] ?? 0;

interface Pressed {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly tasks: readonly Task[];
  /** How long inputs waited until the page attended to them, in milliseconds; short ones are not told. */
  readonly delays: readonly number[];
}

/** Presses Run and a key twice a second until the run is over. */
async function pressRun(browser: Browser, page: Page): Promise<Pressed> {
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
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
  const firstMs = performance.now() - from;
  const done = page.locator('[data-phase="done"][data-points]').waitFor({ timeout: 600_000 });
  let over = false;
  void done.then(() => (over = true));
  while (!over) {
    await page.keyboard.press("Shift");
    await page.waitForTimeout(500);
  }
  await done;
  const lastMs = performance.now() - from;
  const tasks = mainThreadTasks(await browser.stopTracing());
  const delays = await page.evaluate(() => (window as unknown as { delays: number[] }).delays);
  return { firstMs, lastMs, tasks, delays };
}

function tasksFigures({ tasks, delays }: Pressed, of: string): Figure[] {
  const [clock, processor] = [tasks.map(({ ms }) => ms), tasks.map(({ processorMs }) => processorMs)];
  return [
    { name: `${of}: 95 % of main-thread tasks`, value: share(clock, 0.95), unit: "ms", atMost: 50 },
    { name: `${of}: longest main-thread task`, value: share(clock, 1), unit: "ms", atMost: 100 },
    { name: `${of}: 95 % of tasks, on the processor`, value: share(processor, 0.95), unit: "ms" },
    { name: `${of}: longest task, on the processor`, value: share(processor, 1), unit: "ms" },
    { name: `${of}: main thread, on the processor`, value: processor.reduce((a, b) => a + b, 0) / 1000, unit: "s" },
    { name: `${of}: longest input delay`, value: Math.max(0, ...delays), unit: "ms", atMost: 100 },
  ];
}

async function measure(browser: Browser): Promise<Figure[]> {
  const opened: number[] = [];
  for (let i = 0; i < openings; i++) {
    const { page, ms } = await openPage(browser);
    opened.push(ms);
    await page.context().close();
  }
  const figures: Figure[] = [{ name: "from opening to interactive", value: median(opened), unit: "ms" }];

  // Pressed as soon as it can be, while the page still draws its charts.
  const { page } = await openPage(browser);
  const first = await pressRun(browser, page);
  figures.push(
    { name: "from Run to the first point", value: first.firstMs / 1000, unit: "s", atMost: 5 },
    { name: "from Run to the last point", value: first.lastMs / 1000, unit: "s", atMost: 90 },
    ...tasksFigures(first, "at once"),
  );
  await page.context().close();

  const { page: settled } = await openPage(browser, hashOf(largest));
  await settled.waitForTimeout(3000);
  figures.push(...tasksFigures(await pressRun(browser, settled), "cnn-m"));

  const bytes = initialScripts().reduce((sum, file) => sum + gzipSync(readFileSync(path.join(out, file))).length, 0);
  figures.push({ name: "initial JavaScript, gzip", value: bytes / 1000, unit: "kB", atMost: 300 });
  return figures;
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
