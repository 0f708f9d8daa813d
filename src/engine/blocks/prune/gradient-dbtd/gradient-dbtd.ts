/**
 * Pruning of activation gradients (Ye et al. 2020): where they are dense on their way back, entries are taken for normal
 * with `sigma = sqrt(pi / 2) mean |g|`, and those below `tau = Phi^-1((1 + p) / 2) sigma` become 0 or `tau sign g` at
 * random, so that their mean stays. The threshold of a step is the mean of the last ones, known before the gradient is.
 * There is no sparse arithmetic here, so nothing gets faster: the share of entries that are left, the part of the
 * backward products that would have to be computed, is charted at each step.
 */
import * as tf from "@tensorflow/tfjs-core";
import { consumersOf, type Network } from "../../../core/network";
import type { Rng } from "../../../core/rng";
import type { LearnedTensor } from "../../../training/learned-tensors";
import type { BlockImplementation, ModelAccess } from "../../block";
import { uniformTensor } from "../../shared/noise";
import type { meta } from "./meta";

/** Inverse of the normal distribution function on [0.5, 1), by bisection of the series for erf; to 1e-9. */
export function normalQuantile(probability: number): number {
  let low = 0;
  let high = 10;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalCumulative(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** `1/2 + phi(x) (x + x^3/3 + x^5/15 + ...)` for x of at most 10 (Marsaglia 2004). */
function normalCumulative(x: number): number {
  let term = x;
  let sum = x;
  for (let i = 3; term > sum * 1e-17; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** Threshold below which a share of normal entries lies, by their mean magnitude. */
export const thresholdOf = (gradient: tf.Tensor, sparsity: number): tf.Scalar =>
  tf.mul(tf.mean(tf.abs(gradient)), Math.sqrt(Math.PI / 2) * normalQuantile((1 + sparsity) / 2));

/**
 * The gradient with small entries pruned: below the threshold `tau sign g` where `|g| > r tau`, else 0. A threshold of 0
 * leaves all as it is.
 * @param draws r, uniform in [0, 1); without them what is small becomes 0
 */
export function pruneGradient(gradient: tf.Tensor, threshold: tf.Tensor, draws: tf.Tensor | undefined): tf.Tensor {
  const size = tf.abs(gradient);
  const small = draws
    ? tf.mul(tf.mul(tf.sign(gradient), threshold), tf.cast(tf.greater(size, tf.mul(draws, threshold)), "float32"))
    : tf.zerosLike(gradient);
  return tf.where(tf.less(size, threshold), small, gradient);
}

/**
 * Nodes behind whose output gradients are pruned: of a convolution with batch normalization behind it itself, otherwise
 * the last of the activation and pooling behind it, as these make gradients sparse by themselves.
 */
export function densePlaces(network: Network): string[] {
  const readers = consumersOf(network);
  const places = network.nodes.flatMap((node) => {
    if (node.op !== "conv2d" && node.op !== "depthwise-conv2d") return [];
    let last = node.id;
    for (;;) {
      const [reader, other] = readers.get(last)!;
      if (!reader || other || (reader.op !== "activation" && reader.op !== "max-pool")) return [last];
      last = reader.id;
    }
  });
  return [...new Set(places)];
}

/** One place's last thresholds, the oldest first; 0 before there is one. */
export const mean = (thresholds: tf.Tensor): tf.Tensor =>
  // Predicting begins when the queue is full.
  tf.mul(tf.mean(thresholds), tf.cast(tf.greater(tf.min(thresholds), 0), "float32"));

const pushed = (thresholds: tf.Tensor, next: tf.Tensor): tf.Tensor =>
  tf.concat([tf.slice(tf.reshape(thresholds, [-1]), 1), tf.reshape(next, [1])]);

export const gradientDbtd: BlockImplementation<typeof meta.params> = ({ params, services, rng }) => {
  const { sparsity, fifo, rounding } = params;
  const queues = new Map<string, LearnedTensor>();
  /** Of the step at hand: entries that are left, and all. */
  let kept: LearnedTensor | undefined;
  let counted = 0;

  const begin = (model: ModelAccess) => {
    for (const id of densePlaces(model.network)) {
      queues.set(id, services.variable(`thresholds/${id}`, new Float32Array(fifo), [fifo], { trainable: false }));
    }
    kept = services.variable("kept", new Float32Array(1), [], { trainable: false });
  };

  const pruned = (queue: LearnedTensor, gradient: tf.Tensor, draws: Rng): tf.Tensor => {
    const threshold = mean(queue.tensor);
    const uniform = rounding === "stochastic" ? uniformTensor(gradient.shape, draws) : undefined;
    const result = pruneGradient(gradient, threshold, uniform);
    queue.assign((thresholds) => pushed(thresholds, thresholdOf(gradient, sparsity)));
    kept?.assign((count) => tf.add(count, tf.sum(tf.cast(tf.notEqual(result, 0), "float32"))));
    counted += gradient.size;
    return result;
  };

  return {
    onBegin: async (model) => Promise.resolve(begin(model)),
    resume: (_state, model) => {
      begin(model);
    },
    onStep() {
      counted = 0;
      kept?.assign((count) => tf.zerosLike(count));
    },
    output(nodeId, value, step) {
      const queue = queues.get(nodeId);
      if (!queue) return value;
      const watched = tf.customGrad((x) => ({
        value: tf.clone(x as tf.Tensor),
        gradFunc: (dy) => tf.tidy(() => pruned(queue, dy as tf.Tensor, rng(`draws/${step}/${nodeId}`))),
      }));
      return watched(value);
    },
    figures: [
      {
        name: "density",
        read: () => tf.tidy(() => tf.div(kept?.tensor ?? tf.scalar(1), Math.max(1, counted))),
      },
    ],
  };
};
