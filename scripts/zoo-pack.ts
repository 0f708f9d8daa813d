/**
 * `npm run zoo:pack`: turns the trained states of `.cache/zoo` into the files of `public/zoo`, each scored on the full
 * test split as it lies there, and writes the manifest. Entries whose states are not at hand stay as they are.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { prepareBackend } from "#engine/backend/choose";
import { decodeArtefact, encodeArtefact } from "#engine/codecs/artefact";
import { unpack } from "#engine/core/tensor-pack";
import { openDataset } from "#engine/datasets/dataset";
import { macsOf, parameterCount } from "#engine/metrics/accounting";
import { formatMetric } from "#engine/tasks/metrics/catalogue";
import { primaryMetric, scoreOf } from "#engine/tasks/metrics/scores";
import { tasks } from "#engine/tasks/registry";
import { inferenceModel } from "#engine/training/evaluate";
import { unpackState } from "#engine/training/live-state";
import type { ZooEntry, ZooManifest } from "#engine/zoo/manifest";
import { type ZooId, zooTrainings } from "#engine/zoo/recipes";
import { zooTrainingSteps } from "#engine/zoo/train";
import { createNodePlatform } from "#platform/node";

const out = path.resolve("public/zoo");
const platform = createNodePlatform();

async function packed(id: ZooId): Promise<ZooEntry | undefined> {
  const state = await readFile(path.resolve(".cache/zoo", `${id}.state`)).catch(() => undefined);
  if (!state) return undefined;
  const { json, arrays } = unpack(new Uint8Array(state));
  const training = zooTrainings[id];
  const source = await openDataset(training.dataset, platform);
  const steps = zooTrainingSteps(training, source.info.counts.train);
  const { step } = json as { step: number };
  if (step !== steps) {
    process.stderr.write(`${id}: ${step} of ${steps} steps, left out\n`);
    return undefined;
  }
  const { build, dataset, ...settings } = training;
  const { bytes } = encodeArtefact(unpackState({ json, arrays }).snapshot, { info: { zoo: id, training } });
  const file = `${id}.csnet`;
  await writeFile(path.join(out, file), bytes);
  const { snapshot } = decodeArtefact(bytes);
  const model = inferenceModel(snapshot);
  const scores = await tasks[source.info.task].evaluate(model, await source.load("test", { seed: 0 }));
  const { images } = scores;
  model.dispose();
  process.stderr.write(
    `${id}: ${formatMetric(primaryMetric(scores), scoreOf(scores))} on ${images} test images, ${bytes.length} bytes\n`,
  );
  return {
    id,
    build,
    dataset,
    file,
    fileBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    parameters: parameterCount(snapshot.network),
    macs: macsOf(snapshot.network),
    ...(scores.metric === undefined
      ? { testAccuracy: scoreOf(scores) }
      : { metric: scores.metric, testScore: scoreOf(scores) }),
    testImages: images,
    training: settings,
    licence: "MIT",
  };
}

await prepareBackend({ requested: "wasm", wasmPaths: platform.wasmPaths, now: () => platform.clock.now() });
await mkdir(out, { recursive: true });
const manifestFile = path.join(out, "manifest.json");
const before = await readFile(manifestFile, "utf8").then(
  (text) => (JSON.parse(text) as ZooManifest).networks,
  () => [],
);
const networks: ZooEntry[] = [];
for (const id of Object.keys(zooTrainings) as ZooId[]) {
  const entry = (await packed(id)) ?? before.find((n) => n.id === id);
  if (entry) networks.push(entry);
}
await writeFile(manifestFile, `${JSON.stringify({ version: 1, networks }, null, 2)}\n`);
