/** Which layers a network can do without: each is pruned alone, at each ratio, and the network is scored. Nothing trains. */
import { blockMeta } from "../blocks/catalog";
import { chooseWeights, kernelNames, maskWeights } from "../blocks/shared/pruning/mask-pruning";
import { chooseUnits, targetGroups, unitSums } from "../blocks/shared/pruning/structured-pruning";
import { EngineError } from "../core/errors";
import { effectiveValues } from "../quantizers/effective";
import { type Snapshot, valuesOf } from "../core/snapshot";
import { macsOf, nonZeroCount, originalBytes } from "../metrics/accounting";
import { removeChannels } from "../surgery/remove-channels";
import { scoreOf } from "../tasks/metrics/scores";
import { taskFacts } from "../tasks/metrics/task-ids";
import { inferenceModel } from "../training/evaluate";
import type { Clip, TimelineDocument } from "../document/document";
import {
  type SensitivityBase,
  type SensitivityCell,
  type SensitivityKind,
  type SensitivityLayer,
  sensitivityRatios,
  type SensitivityTable,
} from "../document/sensitivity-plan";
import { beginStudy, clipOf, stateBefore, type StudyDeps } from "./state-before";

export interface SensitivityOptions {
  /** The pruning clip that it is for: its network, its layers, its kind. Null for the source network and channels. */
  readonly clipId: string | null;
  /** At most so many validation images; all 1,000 by default. */
  readonly images?: number;
  readonly ratios?: readonly number[];
  readonly onBase?: (base: SensitivityBase) => void;
  readonly onCell?: (cell: SensitivityCell) => void;
}

/** One layer, and the network without some of it. */
interface Prunable extends SensitivityLayer {
  without(ratio: number): Snapshot;
}

/**
 * Layer by layer, ratio by ratio. Trains up to the clip's start where no state is kept.
 * @throws EngineError `usage` for a clip that is not there or does not prune, `not-prunable`, `cancelled`
 */
export async function scanSensitivity(
  document: TimelineDocument,
  { clipId, images, ratios = sensitivityRatios, onBase, onCell }: SensitivityOptions,
  deps: StudyDeps,
): Promise<SensitivityTable> {
  const clip = clipId === null ? undefined : clipOf(document, clipId);
  const kind = kindOf(clip);
  const study = await beginStudy(document, clipId, deps);
  const snapshot = await stateBefore(study, deps);
  const { task, validation, normalization } = study.inputs.data;
  const data = await validation();
  if (data.count === 0) {
    throw new EngineError("usage", "expected validation images, got none; the data set has only test images");
  }
  const scored = async (network: Snapshot): Promise<number> => {
    const model = inferenceModel(network);
    const between = async () => {
      await deps.platform.yieldToHost();
      deps.control.check();
    };
    try {
      return scoreOf(await task.evaluate(model, data, { normalization, between, count: images }));
    } finally {
      model.dispose();
    }
  };
  const bytesOf = (network: Snapshot) =>
    kind === "weights" ? 4 * nonZeroCount(network) : originalBytes(network.network);
  const layers = kind === "weights" ? weightLayers(snapshot) : unitLayers(snapshot, clip);
  const base: SensitivityBase = {
    kind,
    layers: layers.map(({ id, units }) => ({ id, units })),
    ratios,
    metric: taskFacts[task.id].primary,
    score: await scored(snapshot),
    images: Math.min(images ?? data.count, data.count),
    bytes: bytesOf(snapshot),
    macs: macsOf(snapshot.network),
  };
  onBase?.(base);
  const cells: SensitivityCell[] = [];
  for (const layer of layers) {
    for (const ratio of ratios) {
      const pruned = layer.without(ratio);
      const cell = {
        layer: layer.id,
        ratio,
        score: await scored(pruned),
        savedBytes: base.bytes - bytesOf(pruned),
        savedMacs: base.macs - macsOf(pruned.network),
      };
      cells.push(cell);
      onCell?.(cell);
    }
  }
  return { ...base, cells };
}

function kindOf(clip: Clip | undefined): SensitivityKind {
  if (!clip) return "structured";
  const { roles, traits } = blockMeta(clip.block, clip.id);
  if (!roles.includes("prune")) {
    throw new EngineError("usage", `expected a clip that prunes, got '${clip.id}' of ${clip.block}`, {
      clipId: clip.id,
    });
  }
  return traits.granularity === "structured" ? "structured" : "weights";
}

const targets = ["filters", "filters-and-units", "units"] as const;

/** Channel groups as the clip aims at them; of the source network all. Filters go by their L1 norm (Li et al. 2017). */
function unitLayers(snapshot: Snapshot, clip: Clip | undefined): Prunable[] {
  const initial = clip && blockMeta(clip.block, clip.id).params["targets"]?.default;
  const wanted = targets.find((t) => t === (clip?.params["targets"] ?? initial)) ?? "filters-and-units";
  return targetGroups(snapshot, wanted, "the scan").map((group) => {
    const { sums } = unitSums(snapshot, group, { side: "makes", role: "kernel", of: Math.abs });
    const scores = Float32Array.from(sums);
    return {
      id: group.id,
      units: group.units,
      without: (sparsity) =>
        removeChannels(snapshot, chooseUnits(snapshot, [group], [scores], { sparsity, scope: "local" })).snapshot,
    };
  });
}

/** Every layer with a kernel; weights go by their magnitude. */
function weightLayers(snapshot: Snapshot): Prunable[] {
  return kernelNames(snapshot).map((kernel) => {
    const scores = effectiveValues(valuesOf(snapshot, kernel), snapshot.states.get(kernel)).map(Math.abs);
    return {
      id: kernel.slice(0, kernel.lastIndexOf("/")),
      units: scores.length,
      without: (sparsity) =>
        maskWeights(snapshot, [kernel], chooseWeights(snapshot, [kernel], [scores], { sparsity, scope: "local" })),
    };
  });
}
