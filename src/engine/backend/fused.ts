/**
 * The operations of a training step that cost most when they are strung together from small ones: batch
 * normalization, the optimizers' steps, softmax cross-entropy. Here are their gradients, checks and assignments; the
 * arithmetic is in fused-composed.ts, which holds on every backend, and on wasm in compiled kernels. They are not layers:
 * no state is kept here, and running averages are the caller's.
 *
 * Ownership: what is returned belongs to the caller, as with any tfjs operation; nothing else is left behind.
 */
import * as tf from "@tensorflow/tfjs-core";
import {
  ADAM,
  BATCH_NORM,
  BATCH_NORM_GRAD,
  FOLLOW,
  SGD,
  SOFTMAX_CROSS_ENTROPY,
  outputAt,
  runFused,
} from "./fused-composed";

/** Result of batchNormTrain; mean and variance [C] carry no gradient. */
export interface BatchNormTrainResult {
  readonly y: tf.Tensor;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/**
 * Batch normalization as it is in training: y = gamma * (x - mean) / sqrt(variance + epsilon) + beta over all axes
 * but the last.
 *
 * @param x [...,C], rank 2 or 4, with at least one row
 * @param gamma [C]
 * @param beta [C]
 * @param epsilon added to the variance, for instance 1e-3
 * @returns y of x's shape, differentiable in x, gamma and beta by the closed form (Ioffe and Szegedy 2015, section 3),
 *   and the batch's mean and biased variance [C], without gradient
 */
export function batchNormTrain(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): BatchNormTrainResult {
  const channels = x.shape[x.rank - 1];
  if (gamma.size !== channels || beta.size !== channels) {
    throw new Error(
      `gamma and beta must be of shape [${String(channels)}], got [${gamma.shape.join(", ")}] and [${beta.shape.join(", ")}]`,
    );
  }
  // Statistics leave the operation's own tidy as kept tensors, and the caller's tidy gets clones of them.
  let kept: tf.Tensor[] = [];
  const normalize = tf.customGrad((...args) => {
    const [input, gain, offset, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const [y, mean, variance, inverse] = runFused(BATCH_NORM, { x: input, gamma: gain, beta: offset }, { epsilon });
    if (!y || !mean || !variance || !inverse) throw new Error(`four results of ${BATCH_NORM} were expected`);
    kept = [tf.keep(mean), tf.keep(variance)];
    save([input, gain, mean, inverse]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [xSaved, gamma2, mean2, inverse2] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const inputs = { dy, x: xSaved, gamma: gamma2, mean: mean2, inverse: inverse2 };
      return runFused(BATCH_NORM_GRAD, inputs, {});
    };
    return { value: y, gradFunc };
  });
  const y = normalize(x, gamma, beta);
  const [mean, variance] = kept.map((tensor) => tf.clone(tensor));
  tf.dispose(kept);
  return { y, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

/** A parameter, its gradient and Adam's two moments, all of one shape. mask: float32 zeros and ones of that shape. */
export interface AdamSlot {
  readonly value: tf.Variable;
  readonly gradient: tf.Tensor;
  readonly m: tf.Variable;
  readonly v: tf.Variable;
  readonly mask?: tf.Tensor;
}

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Number of this step, from 1 on; it decides the bias correction. */
  readonly step: number;
}

/** A parameter, its gradient and its velocity, all of one shape. mask: float32 zeros and ones of that shape. */
export interface SgdSlot {
  readonly value: tf.Variable;
  readonly gradient: tf.Tensor;
  readonly velocity: tf.Variable;
  readonly mask?: tf.Tensor;
}

export interface SgdOptions {
  readonly learningRate: number;
  /** 0 is plain gradient descent; the velocity is then the gradient. */
  readonly momentum: number;
}

/** Assigns the new values to the variables, which share them from then on, and lets go of the handles. */
function assignAll(variables: readonly tf.Variable[], values: readonly tf.Tensor[]): void {
  variables.forEach((variable, index) => {
    variable.assign(outputAt(values, index));
  });
  tf.dispose([...values]);
}

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1) on one parameter; value, m and v are assigned.
 * With a mask the gradient, the moments and the value are multiplied by it, so a masked weight stays exactly 0.
 */
export function adamUpdate(slot: AdamSlot, options: AdamOptions): void {
  if (!(options.step >= 1)) throw new Error(`step must be at least 1, got ${options.step}`);
  const { value, gradient, m, v, mask } = slot;
  const inputs = { value, gradient, m, v, ...(mask === undefined ? {} : { mask }) };
  assignAll([value, m, v], runFused(ADAM, inputs, options));
}

/**
 * One step of gradient descent with momentum on one parameter: velocity = momentum * velocity + gradient,
 * value -= learningRate * velocity; both are assigned. A mask works as in adamUpdate.
 */
export function sgdUpdate(slot: SgdSlot, options: SgdOptions): void {
  const { value, gradient, velocity, mask } = slot;
  const inputs = { value, gradient, velocity, ...(mask === undefined ? {} : { mask }) };
  assignAll([value, velocity], runFused(SGD, inputs, options));
}

/** An average and what it moves towards, of one shape. */
export interface Follower {
  readonly average: tf.Variable;
  readonly next: tf.Tensor;
}

/** Two averages, all of one shape, move together: average = decay * average + (1 - decay) * next, assigned. */
export function followAverages(first: Follower, second: Follower, decay: number): void {
  const inputs = {
    first: first.average,
    firstNext: first.next,
    second: second.average,
    secondNext: second.next,
  };
  assignAll([first.average, second.average], runFused(FOLLOW, inputs, { decay }));
}

/**
 * Mean over the batch of -sum(oneHot * log softmax(logits)), stable for logits of any size.
 *
 * @param logits [B,C]; the gradient is (softmax(logits) - oneHot) / B
 * @param oneHot [B,C], each row adding up to 1 (soft targets are welcome); it gets no gradient
 * @returns a scalar
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Scalar {
  const [batch, classes] = logits.shape;
  if (oneHot.shape[0] !== batch || oneHot.shape[1] !== classes) {
    throw new Error(`targets must be of shape [${batch}, ${classes}], got [${oneHot.shape.join(", ")}]`);
  }
  const loss = tf.customGrad((...args) => {
    const [z, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc];
    const results = runFused(SOFTMAX_CROSS_ENTROPY, { logits: z, target: oneHot }, {});
    save([outputAt(results, 1)]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => tf.mul(outputAt(saved, 0), dy);
    return { value: outputAt(results, 0), gradFunc };
  });
  return loss(logits) as tf.Scalar;
}
