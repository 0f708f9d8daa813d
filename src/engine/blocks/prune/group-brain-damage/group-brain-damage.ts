/**
 * Group-wise brain damage (Lebedev and Lempitsky 2016): training with `strength * sum |K[r, s, i, :]|_2` over the shape
 * columns of all convolutions; round by round the columns below a quantile of their layer go, down to a number of places
 * for each input channel. What comes out has the masks of group pruning.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Network } from "../../../core/network";
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import type { BlockImplementation, LayerChoice } from "../../block";
import {
  chooseColumns,
  type ColumnLayer,
  columnLayers,
  maskColumns,
  scoredColumns,
} from "../../shared/pruning/shape-columns";
import { meta } from "./meta";

/** Keeps the gradient of a column of zeros finite: it is 0 then. */
const epsilon = 1e-12;

/** Sum of the L2 norms of a kernel's columns. */
export const columnPenalty = (kernel: tf.Tensor, outputs: number): tf.Scalar =>
  tf.sum(tf.sqrt(tf.add(tf.sum(tf.square(tf.reshape(kernel, [-1, outputs])), 1), epsilon)));

export interface Damage {
  /** Fraction of a layer's columns, what is gone included. */
  readonly sparsity: number;
  readonly keepPositions: number;
  readonly layers?: ReadonlyMap<string, LayerChoice>;
}

/** The snapshot without the columns up to that quantile of their layer. @throws EngineError `not-prunable` */
export function damage(snapshot: Snapshot, choice: Damage): Snapshot {
  const layers = columnLayers(snapshot, meta.id);
  const removals = chooseColumns(layers, scoredColumns(snapshot, layers), { ...choice, scope: "local" });
  return maskColumns(snapshot, layers, removals);
}

export const groupBrainDamage: BlockImplementation<typeof meta.params> = ({ params, layers }) => {
  const { strength, perRound, rounds, endFraction, keepPositions } = params;
  let looked: Network | undefined;
  let penalized: readonly ColumnLayer[] = [];
  return {
    // The first damage comes after the first stretch of training under the penalty.
    rounds: { count: rounds + 1, endFraction },
    async onRound(round, model) {
      const snapshot = await model.snapshot();
      if (round === 0) columnLayers(snapshot, meta.id);
      else model.replace(damage(snapshot, { sparsity: Math.min(1, round * perRound), keepPositions, layers }));
    },
    onStep(_step, model) {
      if (model.network === looked) return;
      looked = model.network;
      penalized = columnLayers(plainSnapshot(looked, new Map()), meta.id);
    },
    losses: [
      {
        name: "group-penalty",
        compute: ({ parameter }) =>
          penalized.reduce<tf.Scalar>(
            (sum, { kernel, outputs }) => tf.add(sum, tf.mul(columnPenalty(parameter(kernel), outputs), strength)),
            tf.scalar(0),
          ),
      },
    ],
  };
};
