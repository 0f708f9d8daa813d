/**
 * Shape columns: the weights `K[r, s, i, :]` of a convolution, one of each filter, at one place of the window and one
 * input channel. Where whole columns go, all filters lack the same positions, and the matrix that the convolution
 * multiplies by loses rows and stays dense. In a kernel `[kh, kw, cin, cout]` column `(r * kw + s) * cin + i` is a run
 * of `cout` values.
 */
import { effectiveValues } from "../../../quantizers/effective";
import { EngineError } from "../../../core/errors";
import { weightedNodes } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import type { LayerChoice } from "../../block";
import { chooseOfSets, maskWeights } from "./mask-pruning";
import type { ScoreNormalization, ScoreSet } from "./select";

export interface ColumnLayer {
  /** Id of the convolution. */
  readonly id: string;
  readonly kernel: string;
  /** Places of the window, `kh * kw`; more than 1. */
  readonly positions: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** The convolutions whose window has several places. @throws EngineError `not-prunable` without any */
export function columnLayers({ network }: Snapshot, block: string): ColumnLayer[] {
  const found = weightedNodes(network).flatMap((node): ColumnLayer[] => {
    if (node.op !== "conv2d") return [];
    const { name, shape } = node.params.kernel!;
    const [height, width, inputs, outputs] = shape as readonly [number, number, number, number];
    return height * width > 1 ? [{ id: node.id, kernel: name, positions: height * width, inputs, outputs }] : [];
  });
  if (found.length > 0) return found;
  throw new EngineError(
    "not-prunable",
    `${block} expected a convolution with a window larger than 1x1, got none in '${network.name}'; ` +
      "choose a pruner of weights or units",
  );
}

/** L2 norm of each column of a kernel. */
export function columnNorms(values: Float32Array, outputs: number): Float32Array {
  const norms = new Float32Array(values.length / outputs);
  for (let c = 0; c < norms.length; c++) {
    let sum = 0;
    for (let i = c * outputs; i < (c + 1) * outputs; i++) sum += values[i]! * values[i]!;
    norms[c] = Math.sqrt(sum);
  }
  return norms;
}

/** Norms of each layer's columns; -1 for those that are gone, so that masks only ever grow. */
export const scoredColumns = (snapshot: Snapshot, layers: readonly ColumnLayer[]): Float32Array[] =>
  layers.map(({ kernel, outputs }) => {
    const state = snapshot.states.get(kernel);
    const norms = columnNorms(effectiveValues(valuesOf(snapshot, kernel), state), outputs);
    const mask = state?.mask;
    if (!mask) return norms;
    return norms.map((norm, c) => (mask.subarray(c * outputs, (c + 1) * outputs).includes(1) ? norm : -1));
  });

export interface ColumnChoice {
  /** Fraction of columns removed. */
  readonly sparsity: number;
  /** `channel` ranks the places of each input channel, `local` the columns of each layer, `global` all. */
  readonly scope: "channel" | "local" | "global";
  readonly normalization?: ScoreNormalization;
  readonly layers?: ReadonlyMap<string, LayerChoice>;
  /** Places of each input channel that stay, its best ones; default 0. */
  readonly keepPositions?: number;
}

/** The scores of one input channel, place by place. */
const channelOf = (scores: Float32Array, { positions, inputs }: ColumnLayer, channel: number): Float32Array =>
  Float32Array.from({ length: positions }, (_, p) => scores[p * inputs + channel]!);

/** 1 marks the `count` best places of each input channel. */
function bestPlaces(scores: Float32Array, layer: ColumnLayer, count: number): Uint8Array {
  const best = new Uint8Array(scores.length);
  const keep = Math.min(count, layer.positions);
  for (let i = 0; i < layer.inputs; i++) {
    const places = channelOf(scores, layer, i);
    // Equal scores: the smaller index goes first, so the larger one stays.
    const order = [...places.keys()].sort((a, b) => places[b]! - places[a]! || b - a);
    for (const p of order.slice(0, keep)) best[p * layer.inputs + i] = 1;
  }
  return best;
}

/** The columns of each layer that go (1). A column of a layer stays, and one of each channel where channels are ranked. */
export function chooseColumns(
  layers: readonly ColumnLayer[],
  scores: readonly Float32Array[],
  { scope, keepPositions = 0, ...choice }: ColumnChoice,
): Uint8Array[] {
  if (scope !== "channel") {
    const sets = layers.map((layer, k): ScoreSet => {
      const length = scores[k]!.length;
      const keepAtLeast = Math.max(1, scope === "global" ? Math.ceil(length * 0.01) : 1);
      const vetoed = keepPositions > 0 ? bestPlaces(scores[k]!, layer, keepPositions) : undefined;
      return { scores: scores[k]!, keepAtLeast, ...(vetoed ? { vetoed } : {}) };
    });
    const owners = layers.map(({ id }) => id);
    return chooseOfSets(sets, owners, { ...choice, scope });
  }
  return layers.map((layer, k) => {
    const sets = Array.from({ length: layer.inputs }, (_, i): ScoreSet => ({
      scores: channelOf(scores[k]!, layer, i),
      keepAtLeast: Math.max(1, Math.min(keepPositions, layer.positions)),
    }));
    const owners = sets.map(() => layer.id);
    const chosen = chooseOfSets(sets, owners, { ...choice, scope: "local" });
    return Uint8Array.from(scores[k]!, (_, c) => chosen[c % layer.inputs]![Math.floor(c / layer.inputs)]!);
  });
}

/** The snapshot with those columns masked too. @param removals 1 removes, by column */
export const maskColumns = (
  snapshot: Snapshot,
  layers: readonly ColumnLayer[],
  removals: readonly Uint8Array[],
): Snapshot =>
  maskWeights(
    snapshot,
    layers.map(({ kernel }) => kernel),
    layers.map(({ outputs }, k) => {
      const weights = new Uint8Array(removals[k]!.length * outputs);
      removals[k]!.forEach((gone, c) => weights.fill(gone, c * outputs, (c + 1) * outputs));
      return weights;
    }),
  );
