/**
 * Global sparse momentum SGD (Ding et al. 2019), which the survey's "global iterative pruning based on SGD" reads like:
 * at each step the Q weights of largest `|w dL/dw|` in the network get their gradient, all others weight decay alone, so
 * that momentum carries them to 0; at the end the Q largest stay. It needs plain SGD: Adam would divide the decay by the
 * root of its own square. What was still large when it went is told by the decision at the end. The variant
 * `iterative-magnitude` is what the survey's prose describes: global magnitude pruning in rounds, with training between.
 */
import * as tf from "@tensorflow/tfjs-core";
import { effectiveValues } from "../../../quantizers/effective";
import { EngineError } from "../../../core/errors";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { learningRateFactor } from "../../../document/learning-rate";
import type { ParameterUpdates } from "../../../training/step";
import type { BlockImplementation, ClipContext, ClipRun } from "../../block";
import { chooseWeights, kernelNames, type MaskChoice, maskWeights } from "../../shared/pruning/mask-pruning";
import { meta } from "./meta";

/** Halvings of the range in which a threshold is sought: below the spacing of floats. */
const halvings = 32;

/**
 * A threshold that at most `count` of the values exceed, and as many as that where no values are equal. Found on the
 * device, as a read-back at every step would stall a GPU.
 * @param values at least 0
 */
export function topThreshold(values: tf.Tensor, count: number): tf.Scalar {
  let low: tf.Tensor = tf.scalar(0);
  let high: tf.Tensor = tf.max(values);
  for (let i = 0; i < halvings; i++) {
    const middle = tf.mul(tf.add(low, high), 0.5);
    const tooMany = tf.greater(tf.sum(tf.cast(tf.greater(values, middle), "float32")), count);
    [low, high] = [tf.where(tooMany, middle, low), tf.where(tooMany, high, middle)];
  }
  return high as tf.Scalar;
}

/** Ranks as |w g| does; the fourth root brings what spans twelve decades within the reach of the halvings. */
const importance = (value: tf.Tensor, gradient: tf.Tensor): tf.Tensor =>
  tf.sqrt(tf.sqrt(tf.abs(tf.mul(value, gradient))));

/**
 * Leaves the gradients of `kernels` to the Q most important weights, and adds weight decay to all of them.
 * @param sparsity fraction that gets none: Q = floor((1 - sparsity) N)
 */
export function sparsifyGradients(
  updates: ParameterUpdates,
  kernels: readonly string[],
  { sparsity, weightDecay }: { readonly sparsity: number; readonly weightDecay: number },
): void {
  const trained = kernels.filter((name) => updates.gradient(name));
  const all = trained.reduce((sum, name) => sum + updates.value(name).size, 0);
  const threshold = tf.tidy(() => {
    const flat = trained.map((name) => tf.reshape(importance(updates.value(name), updates.gradient(name)!), [-1]));
    // The epsilon makes 0.1 of 10 one, although 1 - 0.9 is a little less.
    return topThreshold(tf.concat(flat), Math.floor((1 - sparsity) * all + 1e-9));
  });
  for (const name of trained) {
    const value = updates.value(name);
    updates.replace(name, (gradient) => {
      const active = tf.cast(tf.greater(importance(value, gradient), threshold), "float32");
      return tf.add(tf.mul(gradient, active), tf.mul(value, weightDecay));
    });
  }
  threshold.dispose();
}

/** The snapshot with the smallest |w| of the whole network masked. */
export function keepLargest(snapshot: Snapshot, choice: Omit<MaskChoice, "scope">): Snapshot {
  const kernels = kernelNames(snapshot);
  const scores = kernels.map((name) =>
    effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name)).map(Math.abs),
  );
  return maskWeights(snapshot, kernels, chooseWeights(snapshot, kernels, scores, { ...choice, scope: "global" }));
}

type Context = ClipContext<typeof meta.params>;

function sparseMomentum({ params, steps, services, layers }: Context): ClipRun {
  let kernels: readonly string[] = [];
  return {
    optimizer: (step) => ({
      kind: "sgd",
      learningRate: params.learningRate * learningRateFactor(params.learningRateSchedule, step / steps),
      momentum: params.momentum,
    }),
    onStep(_step, model) {
      kernels = model.network.nodes.flatMap((node) => node.params.kernel?.name ?? []);
    },
    beforeUpdate(updates) {
      if (updates.optimizer.kind !== "sgd") {
        throw new EngineError(
          "invalid-params",
          `${meta.id} expected SGD with momentum, got ${updates.optimizer.kind} from a training clip that began later; ` +
            "set that clip's optimizer to sgd, or begin it before",
        );
      }
      sparsifyGradients(updates, kernels, params);
    },
    async onEnd(model, reason) {
      if (reason !== "finished") return;
      const pruned = keepLargest(await model.snapshot(), { sparsity: params.sparsity, layers });
      model.replace(await services.recalibrateBatchNorm(pruned));
    },
  };
}

function iterativeMagnitude({ params, layers }: Context): ClipRun {
  return {
    rounds: { count: params.rounds, endFraction: 1 },
    async onRound(round, model) {
      const after = (target: number) => 1 - (1 - target) ** ((round + 1) / params.rounds);
      const own = [...layers].map(
        ([id, choice]) =>
          [id, choice.sparsity === undefined ? choice : { ...choice, sparsity: after(choice.sparsity) }] as const,
      );
      model.replace(keepLargest(await model.snapshot(), { sparsity: after(params.sparsity), layers: new Map(own) }));
    },
  };
}

export const gsm: BlockImplementation<typeof meta.params> = (context) =>
  context.params.variant === "sparse-momentum" ? sparseMomentum(context) : iterativeMagnitude(context);
