/** The same training on WebGPU, by a software adapter, and on wasm: the numbers agree. */
import { chromium, type Page } from "@playwright/test";
import { chromiumArguments, findChromium } from "../scripts/find-chromium";
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

test("a few steps on WebGPU agree with wasm to 1e-3", async ({ baseURL }) => {
  test.setTimeout(240_000);
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [
      ...chromiumArguments.filter((argument) => argument !== "--disable-gpu"),
      "--enable-unsafe-webgpu",
      "--use-webgpu-adapter=swiftshader",
      "--enable-features=Vulkan",
    ],
  });
  try {
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
  } finally {
    await browser.close();
  }
});
