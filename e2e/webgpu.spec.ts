/** Training on WebGPU, by a software adapter: the kernels by themselves, and a run of the studio beside one on wasm. */
import type { Browser, Page } from "@playwright/test";
import { launchWithWebgpu, openProbe } from "../scripts/webgpu-page";
import type { WebgpuProbe } from "../scripts/webgpu-probe";
import { expect, linkTo, test } from "./fixtures";
import { Studio } from "./page-models/studio";
import { tinyData, tinyModel } from "./tiny-files";

/** Accuracy and loss of each point. */
async function figuresOn(page: Page, backend: "webgpu" | "wasm", baseURL: string): Promise<number[][]> {
  const studio = new Studio(page);
  const document = {
    version: 1,
    name: "Parity",
    seed: 3,
    dataset: { id: "fashion-mnist", train: 64, test: 40 },
    model: { source: "build:cnn-s" },
    training: { batchSize: 8 },
    evaluateEvery: 1000,
    clips: [],
  };
  await page.goto(`${baseURL}${linkTo(document)}`);
  await studio.bar.chooseBackend(backend);
  await studio.files.drop([...(await tinyModel()), tinyData()]);
  await studio.files.act("Use as the network");
  await studio.files.act("Use as data");
  await page.keyboard.press("Escape");
  await studio.palette.method("Fake quantization").click();
  await studio.inspector.number("Length").fill("3");
  await studio.inspector.number("Length").press("Enter");
  await studio.palette.method("Soft labels").click();
  await studio.inspector.number("Length").fill("3");
  await studio.inspector.number("Length").press("Enter");
  await studio.bar.run.click();
  await expect(studio.bar.progress).toContainText("done in", { timeout: 150_000 });
  return (await studio.charts.points()).map(({ accuracy, loss }) => [Number(accuracy), Number(loss)]);
}

// A software adapter takes its time to compile, and more of it on a busy machine.
test.describe.configure({ timeout: 300_000 });

let browser: Browser;
/** Shared: every page compiles each shader anew. */
let probe: Page;

test.beforeAll(async () => {
  browser = await launchWithWebgpu();
  probe = await openProbe(browser);
});

test.afterAll(async () => {
  await browser.close();
});

/** One of the probe's questions. */
const ask = <T>(question: (asked: WebgpuProbe) => Promise<T>): Promise<T> =>
  probe.evaluate<T>(`(${question.toString()})(globalThis.webgpuProbe)`);

test("every kernel in WGSL is in use, and computes what the composed operation does to 1e-5", async () => {
  const report = await ask((asked) => asked.register());
  expect(report).toMatchObject({ linked: true, rejected: [] });
  expect(report.enabled.length).toBeGreaterThan(10);
  for (const { name, error } of await ask((asked) => asked.errors())) {
    expect.soft(error, name).toBeLessThan(1e-5);
  }
});

test("a kernel that is wrong, or does not compile, is left out and named", async () => {
  const report = await ask((asked) => asked.withBroken());
  expect(report.enabled).toEqual(["StudioSpread"]);
  expect(report.rejected.map(({ name }) => name)).toEqual(["StudioAdam", "StudioReluGrad"]);
  expect(report.rejected[1]!.reason).toContain("unresolved value 'nothing'");
});

test("a step reads nothing back, leaves nothing behind, and takes half as many dispatches as tfjs' operations", async () => {
  const [own, composed] = [
    await ask((asked) => asked.steps("cnn-s", 8, 3, true)),
    await ask((asked) => asked.steps("cnn-s", 8, 3, false)),
  ];
  own.losses.forEach((loss, step) => {
    expect(Math.abs(loss - composed.losses[step]!)).toBeLessThan(1e-4 * loss);
  });
  expect(own.readBacks).toEqual([0, 0, 0]);
  expect(own.tensorsLeft).toBe(0);
  expect(own.dispatches[2]).toBeLessThan(composed.dispatches[2]! / 2);
});

test("surgery gives the buffers of the old shapes back", async () => {
  const { before, cut, after } = await ask((asked) => asked.surgery("cnn-s", 8));
  expect(cut).toBeLessThan(before / 4);
  expect(after).toBeLessThan(before * 0.7);
});

test("a few steps on WebGPU agree with wasm to 1e-3", async ({ baseURL }) => {
  const [gpu, wasm] = [
    await figuresOn(await browser.newPage(), "webgpu", baseURL!),
    await figuresOn(await browser.newPage(), "wasm", baseURL!),
  ];
  expect(gpu.length).toBe(wasm.length);
  gpu.forEach(([accuracy, loss], i) => {
    const [expectedAccuracy, expectedLoss] = wasm[i]!;
    expect(accuracy).toBe(expectedAccuracy);
    expect(Math.abs(loss! - expectedLoss!)).toBeLessThan(1e-3 * expectedLoss!);
  });
});
