/** What a kind of optimizer is: the moments that it keeps of each variable, and one step with them. */
import type * as tf from "@tensorflow/tfjs-core";

export interface OptimizerUpdate {
  readonly value: tf.Variable;
  readonly gradient: tf.Tensor;
  /** Where it is 0 the value and all moments stay exactly 0. */
  readonly mask: tf.Tensor | undefined;
  /** By the kind's names for them; of the variable's shape, zeros before the first step. */
  readonly moments: Readonly<Record<string, tf.Variable>>;
  /** Of this variable, this one included: 1 at the first. */
  readonly steps: number;
  readonly learningRate: number;
  /** Share of the old direction that is kept, in [0, 1); of kinds that have such a setting. */
  readonly momentum: number;
}

export interface OptimizerKind {
  /** Names of the moments, in the order in which they are kept; written into checkpoints. */
  readonly moments: readonly string[];
  /** Assigns the value and the moments; takes and disposes nothing else. */
  step(update: OptimizerUpdate): void;
}
