/**
 * Counts what a training step asks of a GPU: dispatches, submissions and read-backs, with tfjs' operations alone and
 * with the studio's programs. On a software adapter, which counts as well as any and says nothing about time.
 *
 *   npx tsx scripts/webgpu-dispatches.ts [network...]
 */
import type { BuildId } from "../src/engine/zoo/build-ids";
import { launchWithWebgpu, openProbe } from "./webgpu-page";
import type { WebgpuProbe } from "./webgpu-probe";

const named = process.argv.slice(2) as BuildId[];
const browser = await launchWithWebgpu();
try {
  const page = await openProbe(browser);
  for (const id of named.length > 0 ? named : (["lenet5c", "cnn-m"] as const)) {
    for (const fused of [false, true]) {
      const { dispatches, submits, readBacks, losses } = await page.evaluate(
        ([network, own]) =>
          (globalThis as unknown as { webgpuProbe: WebgpuProbe }).webgpuProbe.steps(network, 28, 3, own),
        [id, fused] as const,
      );
      console.log(
        `${id}, ${fused ? "studio's programs" : "tfjs' operations"}: ${dispatches.at(-1)} dispatches, ` +
          `${submits.at(-1)} submissions, ${readBacks.at(-1)} read-backs a step; loss ${losses.at(-1)?.toFixed(5)}`,
      );
    }
  }
} finally {
  await browser.close();
}
