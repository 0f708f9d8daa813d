/**
 * Opens a page with software WebGPU in which scripts/webgpu-probe.ts has been loaded, for what cannot run in Node: the
 * kernels in WGSL. Needs no server.
 */
import { chromium, type Browser, type Page } from "@playwright/test";
import path from "node:path";
import { build } from "vite";
import { chromiumArguments, findChromium } from "./find-chromium";

/** Chromium's own renderer on the processor: right, and some thousand times slower than a GPU. */
export const webgpuArguments: readonly string[] = [
  ...chromiumArguments.filter((argument) => argument !== "--disable-gpu"),
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

export const launchWithWebgpu = (): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), args: [...webgpuArguments] });

/** A page in which `webgpuProbe` of scripts/webgpu-probe.ts stands as a global. */
export async function openProbe(browser: Browser): Promise<Page> {
  const script = await bundle();
  const page = await browser.newPage();
  // WebGPU is there for secure origins alone, and localhost is one.
  await page.route("http://localhost/**", (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><title>probe</title>" }),
  );
  await page.goto("http://localhost/");
  await page.addScriptTag({ content: script, type: "module" });
  await page.waitForFunction(() => "webgpuProbe" in globalThis);
  return page;
}

async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      target: "es2023",
      lib: { entry: path.join(import.meta.dirname, "webgpu-probe.ts"), formats: ["es"], fileName: "probe" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((part) => ("output" in part ? part.output : []));
  const chunk = outputs.find((output) => output.type === "chunk");
  if (chunk === undefined) throw new Error(`a chunk was expected, got ${outputs.length} outputs`);
  return chunk.code;
}
