/**
 * `npm run zoo:train -- <zoo id>...`: trains zoo networks with the engine and keeps their raw state under
 * `.cache/zoo`, resuming where it was stopped. `npm run zoo:pack` turns finished ones into the files of `public/zoo`.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { prepareBackend } from "#engine/backend/choose";
import { openDataset } from "#engine/datasets/dataset";
import { formatMetric } from "#engine/tasks/metrics/catalogue";
import { primaryMetric, scoreOf } from "#engine/tasks/metrics/scores";
import { tasks } from "#engine/tasks/registry";
import { inferenceModel } from "#engine/training/evaluate";
import { type ZooId, zooTrainings } from "#engine/zoo/recipes";
import { trainZooNetwork } from "#engine/zoo/train";
import { createNodePlatform } from "#platform/node";

const platform = createNodePlatform();
const folder = path.resolve(".cache/zoo");

async function train(id: ZooId): Promise<void> {
  const training = zooTrainings[id];
  const source = await openDataset(training.dataset, platform);
  const data = await source.load("train", { seed: training.seed });
  const validation = await source.load("validation", { seed: training.seed });
  const file = path.join(folder, `${id}.state`);
  const resume = await readFile(file).catch(() => undefined);
  const started = performance.now();
  let first: number | undefined;
  const progress = trainZooNetwork(training, data, tasks[source.info.task], source.info, {
    reportEvery: 100,
    resume: resume && new Uint8Array(resume),
  });
  for await (const { step, steps, loss, snapshot, checkpoint } of progress) {
    first ??= step - 100;
    const rate = ((step - first) * training.batchSize) / ((performance.now() - started) / 1000);
    const left = ((steps - step) * training.batchSize) / rate / 60;
    process.stderr.write(
      `${id} step ${step}/${steps} loss ${loss.toFixed(4)} ${rate.toFixed(0)} images/s, ${left.toFixed(1)} min left\n`,
    );
    if (step % 500 !== 0 && step !== steps) continue;
    await writeFile(`${file}.part`, await checkpoint());
    await rename(`${file}.part`, file);
    if (step % 1000 !== 0 && step !== steps) continue;
    const model = inferenceModel(await snapshot());
    const scores = await tasks[source.info.task].evaluate(model, validation);
    model.dispose();
    process.stderr.write(
      `${id} step ${step} validation ${primaryMetric(scores)} ${formatMetric(primaryMetric(scores), scoreOf(scores))}\n`,
    );
  }
}

await mkdir(folder, { recursive: true });
await prepareBackend({ requested: "wasm", wasmPaths: platform.wasmPaths, now: () => platform.clock.now() });
for (const id of process.argv.slice(2)) {
  if (!(id in zooTrainings)) throw new Error(`expected one of ${Object.keys(zooTrainings).join(", ")}, got '${id}'`);
  await train(id as ZooId);
}
