/**
 * `npm run first-run`: executes the studio's first document and writes what was measured to `public/first-run`: the run
 * that a visitor sees drawn before pressing anything, and the file that it made. To be done again whenever the document
 * or the engine changes; `src/app/first-run.test.ts` says when.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { prepareBackend } from "#engine/backend/choose";
import { engineVersion } from "#engine/core/version";
import { RunControl } from "#engine/run/control";
import { parseDocumentText } from "#engine/document/document";
import type { LossChunk } from "#engine/run/losses";
import type { Measurement } from "#engine/run/measure";
import { runDocument } from "#engine/run/runner";
import { scoreOf } from "#engine/tasks/metrics/scores";
import { createNodePlatform } from "#platform/node";

const out = path.resolve("public/first-run");
/** What a chart can show of the losses. */
const mostRows = 320;

const document = parseDocumentText(await readFile("examples/studio.json", "utf8"));
const platform = createNodePlatform();
const { backend } = await prepareBackend({
  requested: "wasm",
  wasmPaths: platform.wasmPaths,
  now: () => platform.clock.now(),
});

const chunks: LossChunk[] = [];
const boundaries: Measurement[] = [];
const started = platform.clock.now();
const run = runDocument(document, {
  platform,
  backend,
  control: new RunControl(),
  useCache: false,
  observer: {
    onLosses: (chunk) => void chunks.push(chunk),
    onBoundary: (measurement) => void boundaries.push(measurement),
  },
});
for (;;) {
  const next = await run.next();
  if (!next.done) {
    process.stderr.write(`step ${next.value.step}: ${(100 * scoreOf(next.value)).toFixed(2)} %\n`);
    continue;
  }
  const { points, artefact, documentHash } = next.value;
  const losses = chunks.flatMap(({ firstStep, total, names, parts }) =>
    Array.from(total, (loss, i) => ({
      step: firstStep + i,
      total: rounded(loss),
      parts: Object.fromEntries(names.map((name, k) => [name, rounded(parts[k]![i]!)])),
    })),
  );
  const every = Math.ceil(losses.length / mostRows);
  const content = {
    version: 1,
    engineVersion,
    documentHash,
    document,
    backend,
    seconds: (platform.clock.now() - started) / 1000,
    points,
    losses: losses.filter((_, i) => (losses.length - 1 - i) % every === 0),
    boundaries: boundaries.map(({ point, tensors, confusion }) => ({ point, tensors, confusion: [...confusion] })),
    artefact: { file: "compressed.csnet", sha256: artefact.sha256 },
  };
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, "compressed.csnet"), artefact.bytes);
  await writeFile(path.join(out, "run.json"), JSON.stringify(content));
  break;
}

/** Six digits are more than a chart shows. */
function rounded(loss: number): number {
  return Number(loss.toPrecision(6));
}
