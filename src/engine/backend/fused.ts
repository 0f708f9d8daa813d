/**
 * The operations of a training step that cost most when they are strung together from small ones: batch
 * normalization, the optimizers' steps, softmax cross-entropy. Written with tfjs operations, so that they hold on
 * every backend. They are not layers: no state is kept here, and running averages are the caller's.
 *
 * Ownership: what is returned belongs to the caller, as with any tfjs operation; nothing else is left behind.
 */
import * as tf from "@tensorflow/tfjs-core";

/** Result of batchNormTrain; mean and variance [C] carry no gradient. */
export interface BatchNormTrainResult {
  readonly y: tf.Tensor;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/** A matrix's sum over its rows: [R,C] -> [1,C]. */
function columnSums(matrix: tf.Tensor2D): tf.Tensor2D {
  // A product with ones: summing over the first axis would transpose the whole matrix first on wasm.
  return tf.matMul(tf.ones<tf.Rank.R2>([1, matrix.shape[0]]), matrix);
}

/** x [...,C] as a matrix of its pixels [R,C]. */
function asRows(x: tf.Tensor): tf.Tensor2D {
  const channels = x.shape[x.rank - 1];
  if (channels === undefined || x.rank < 2)
    throw new Error(`a tensor of rank 2 or more was expected, got rank ${x.rank}`);
  return tf.reshape(x, [x.size / Math.max(1, channels), channels]);
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
  const { mean, variance, scale } = tf.tidy(() => {
    const rows = asRows(x);
    const count = rows.shape[0];
    const mu = tf.div<tf.Tensor2D>(columnSums(rows), count);
    const sigma2 = tf.div(columnSums(tf.square(tf.sub<tf.Tensor2D>(rows, mu))), count);
    const perChannel = (row: tf.Tensor): tf.Tensor1D => tf.reshape(row, [channels]);
    return { mean: perChannel(mu), variance: perChannel(sigma2), scale: perChannel(tf.rsqrt(tf.add(sigma2, epsilon))) };
  });

  const normalize = tf.customGrad((...args) => {
    const [input, gain, offset, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const normalized = tf.mul(tf.sub(input, mean), scale);
    save([normalized, gain, scale]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [unit, gainSaved, scaleSaved] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const dyRows = asRows(dy);
      const unitRows = asRows(unit);
      const count = dyRows.shape[0];
      const betaGradient = columnSums(dyRows);
      const gammaGradient = columnSums(tf.mul<tf.Tensor2D>(dyRows, unitRows));
      const centred = tf.sub(dyRows, tf.div(tf.add(betaGradient, tf.mul(unitRows, gammaGradient)), count));
      const xGradient = tf.mul(centred, tf.mul(gainSaved, scaleSaved));
      return [
        tf.reshape(xGradient, dy.shape),
        tf.reshape(gammaGradient, gainSaved.shape),
        tf.reshape(betaGradient, gainSaved.shape),
      ];
    };
    return { value: tf.add(tf.mul(normalized, gain), offset), gradFunc };
  });
  const y = normalize(x, gamma, beta);
  scale.dispose();
  return { y, mean, variance };
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

const masked = (tensor: tf.Tensor, mask: tf.Tensor | undefined): tf.Tensor =>
  mask === undefined ? tensor : tf.mul(tensor, mask);

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1) on one parameter; value, m and v are assigned.
 * With a mask the gradient, the moments and the value are multiplied by it, so a masked weight stays exactly 0.
 */
export function adamUpdate(slot: AdamSlot, options: AdamOptions): void {
  const { learningRate, beta1, beta2, epsilon, step } = options;
  if (!(step >= 1)) throw new Error(`step must be at least 1, got ${step}`);
  tf.tidy(() => {
    const gradient = masked(slot.gradient, slot.mask);
    const m = masked(tf.add(tf.mul(slot.m, beta1), tf.mul(gradient, 1 - beta1)), slot.mask);
    const v = masked(tf.add(tf.mul(slot.v, beta2), tf.mul(tf.square(gradient), 1 - beta2)), slot.mask);
    const mHat = tf.div(m, 1 - beta1 ** step);
    const vHat = tf.div(v, 1 - beta2 ** step);
    const change = tf.mul(tf.div(mHat, tf.add(tf.sqrt(vHat), epsilon)), learningRate);
    slot.value.assign(masked(tf.sub(slot.value, change), slot.mask));
    slot.m.assign(m);
    slot.v.assign(v);
  });
}

/**
 * One step of gradient descent with momentum on one parameter: velocity = momentum * velocity + gradient,
 * value -= learningRate * velocity; both are assigned. A mask works as in adamUpdate.
 */
export function sgdUpdate(slot: SgdSlot, options: SgdOptions): void {
  tf.tidy(() => {
    const gradient = masked(slot.gradient, slot.mask);
    const velocity = masked(tf.add(tf.mul(slot.velocity, options.momentum), gradient), slot.mask);
    slot.value.assign(masked(tf.sub(slot.value, tf.mul(velocity, options.learningRate)), slot.mask));
    slot.velocity.assign(velocity);
  });
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
    const shifted = tf.sub(z, tf.max(z, 1, true));
    const logProbability = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
    save([tf.exp(logProbability), oneHot]);
    const value = tf.neg(tf.div(tf.sum(tf.mul(oneHot, logProbability)), batch));
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
      const [probability, target] = saved as [tf.Tensor, tf.Tensor];
      return tf.mul(tf.sub(probability, target), tf.div(dy, batch));
    };
    return { value, gradFunc };
  });
  return loss(logits) as tf.Scalar;
}
