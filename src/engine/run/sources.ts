/** Where a document's network comes from: the zoo, a builder, or a file of the user's. */
import type { DatasetInfo } from "../datasets/dataset";
import { EngineError } from "../core/errors";
import type { Platform } from "../core/ports";
import { sizeOfShape } from "../core/network";
import { checkSnapshot, plainSnapshot, type Snapshot } from "../core/snapshot";
import { openModelFile } from "../formats/model-file";
import { shapesOf } from "../ops/registry";
import { parseBuild } from "../zoo/build-ids";
import { builders } from "../zoo/builders";
import { initializeValues } from "../zoo/initialize";
import { taskFacts } from "../tasks/metrics/task-ids";
import { openZooNetwork } from "../zoo/manifest";

/**
 * A fresh network of the builders for a data set.
 * @param id with settings, such as `cnn-m?width=2`
 * @throws EngineError `unknown-model`, `shape-mismatch` for one of another task
 */
export function buildNetwork(
  id: string,
  seed: number,
  data: Pick<DatasetInfo, "id" | "task" | "shape" | "classes">,
): Snapshot {
  const build = parseBuild(id);
  if ("problem" in build) {
    throw new EngineError("unknown-model", `${build.problem}; networks are ${Object.keys(builders).join(", ")}`);
  }
  const network = builders[build.id](data.shape, data.classes.length, build.settings);
  const snapshot = plainSnapshot(network, initializeValues(network, seed));
  checkFits(snapshot, data, `build:${id}`);
  return snapshot;
}

/**
 * @returns the snapshot and a text that changes whenever its bytes would
 * @throws EngineError `unknown-model`, `shape-mismatch` when it does not fit the data, and whatever the file's reader says
 */
export async function openModelSource(
  source: string,
  seed: number,
  data: Pick<DatasetInfo, "id" | "task" | "shape" | "classes">,
  platform: Pick<Platform, "assets" | "files" | "sha256">,
): Promise<{ readonly snapshot: Snapshot; readonly identity: string }> {
  const opened = await open(source, seed, data, platform);
  checkSnapshot(opened.snapshot);
  checkFits(opened.snapshot, data, source);
  return opened;
}

async function open(
  source: string,
  seed: number,
  data: Pick<DatasetInfo, "id" | "task" | "shape" | "classes">,
  platform: Pick<Platform, "assets" | "files" | "sha256">,
) {
  const [kind, ...rest] = source.split(":");
  const ref = rest.join(":");
  switch (kind) {
    case "zoo": {
      const { snapshot, sha256 } = await openZooNetwork(ref, platform);
      return { snapshot, identity: sha256 };
    }
    case "build":
      return { snapshot: buildNetwork(ref, seed, data), identity: `${source}/${seed}` };
    case "file": {
      const { snapshot } = await openModelFile(ref, platform.files);
      const digests = await Promise.all(
        [...snapshot.values].map(([, values]) =>
          platform.sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
        ),
      );
      return { snapshot, identity: `${JSON.stringify(snapshot.network)}/${digests.join("/")}` };
    }
    default:
      throw new EngineError(
        "invalid-document",
        `model source expected zoo:<id>, build:<name> or file:<path>, got '${source}'`,
      );
  }
}

/** @throws EngineError `shape-mismatch` naming `source`, unless the network takes these images and gives what their task needs */
export function checkFits(
  { network }: Snapshot,
  data: Pick<DatasetInfo, "id" | "task" | "shape" | "classes">,
  source: string,
): void {
  const input = network.nodes.find((n) => n.op === "input");
  const shapes = shapesOf(network);
  const wanted = input?.op === "input" ? input.attrs.shape : [];
  const given = shapes.get(network.output) ?? [];
  const needed = taskFacts[data.task].outputShape(data.shape, data.classes.length);
  const shown = (shape: readonly number[]) => `[${shape.join(", ")}]`;
  if (sizeOfShape(wanted) !== sizeOfShape(data.shape)) {
    throw new EngineError(
      "shape-mismatch",
      `'${source}' expected images ${shown(wanted)}, got ${shown(data.shape)} from '${data.id}'; choose data of that shape`,
    );
  }
  if (sizeOfShape(given) !== sizeOfShape(needed) || (needed.length > 1 && given.join() !== needed.join())) {
    throw new EngineError(
      "shape-mismatch",
      needed.length === 1
        ? `'${data.id}' has ${data.classes.length} classes, '${source}' gives ${sizeOfShape(given)} outputs; choose a network with as many`
        : `'${data.id}' needs outputs ${shown(needed)}, '${source}' gives ${shown(given)}; choose a network of that task`,
    );
  }
}
