/**
 * The process behind `runApart` of memory.ts: one run of a document on wasm, alone in its process, so that what the
 * system says of it is of this run. Reads the document from the first argument, prints one line of JSON.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as tf from "@tensorflow/tfjs-core";
import { memoryOf } from "#engine/backend/wasm-memory";
import { asWasmBackend } from "#engine/backend/wasm-types";
import { RunControl } from "#engine/run/control";
import { documentEnd, parseDocument } from "#engine/document/document";
import { runDocument } from "#engine/run/runner";
import { nodePlatform, useBackend } from "../context";
import type { MemoryOfRun } from "./memory";

// As --expose-gc does, which NODE_OPTIONS refuses.
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const wasmHeap = (): number => memoryOf(asWasmBackend(tf.backend()))?.buffer.byteLength ?? Number.NaN;
function jsHeap(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const document = parseDocument(JSON.parse(process.argv[2]!));
const steps = documentEnd(document);
const platform = nodePlatform();
const { backend } = await useBackend(platform, "wasm");
const tensorsBefore = tf.memory().numTensors;

let peak = 0;
let peakOfFirstHalf = 0;
let quarter = { wasmHeap: 0, jsHeap: 0 };
let atEnd = quarter;
const run = runDocument(document, {
  platform,
  backend,
  control: new RunControl(),
  useCache: false,
  observer: {
    onProgress({ step }) {
      if (step % 20 !== 0) return;
      peak = Math.max(peak, process.memoryUsage.rss());
      if (step <= steps / 2) peakOfFirstHalf = peak;
      if (step === Math.floor(steps / 80) * 20) quarter = { wasmHeap: wasmHeap(), jsHeap: jsHeap() };
      if (step >= steps - 20) atEnd = { wasmHeap: wasmHeap(), jsHeap: jsHeap() };
    },
  },
});
for (let next = await run.next(); !next.done; next = await run.next()) {
  process.stderr.write(`step ${next.value.step}\n`);
}
const found: MemoryOfRun = {
  // maxRSS is in KiB: it knows of peaks between the samples.
  peak: 1024 * process.resourceUsage().maxRSS,
  peakRatio: peak / peakOfFirstHalf,
  tensorsLeaked: tf.memory().numTensors - tensorsBefore,
  quarter,
  end: atEnd,
};
process.stdout.write(JSON.stringify(found), () => process.exit());
