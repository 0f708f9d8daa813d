/**
 * Knowledge distillation from softened logits (Hinton et al. 2015):
 * `alpha T^2 KL(softmax(z_T / T) || softmax(z_S / T)) + (1 - alpha) CE`. The training loop adds the second part.
 */
import * as tf from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "../../../backend/fused";
import type { BlockImplementation } from "../../block";
import type { meta } from "./meta";

/** A teacher's softened probabilities `[rows, classes]` and their mean entropy (scalar, nats). */
export function softTargets(
  logits: tf.Tensor2D,
  temperature: number,
): [probabilities: tf.Tensor2D, entropy: tf.Scalar] {
  return tf.tidy(() => {
    const soft = tf.div(logits, temperature);
    const logProbabilities = tf.logSoftmax(soft);
    const probabilities = tf.exp(logProbabilities) as tf.Tensor2D;
    const entropy = tf.neg(tf.div(tf.sum(tf.mul(probabilities, logProbabilities)), logits.shape[0])) as tf.Scalar;
    return [probabilities, entropy];
  });
}

/** `T^2 KL(teacher || student)`: summed over classes, averaged over rows; KL = cross-entropy - entropy. */
export function softLoss(
  studentLogits: tf.Tensor2D,
  [probabilities, entropy]: readonly [tf.Tensor2D, tf.Scalar],
  temperature: number,
): tf.Scalar {
  const crossEntropy = softmaxCrossEntropy(tf.div(studentLogits, temperature), probabilities);
  return tf.mul(tf.sub(crossEntropy, entropy), temperature ** 2);
}

export const kdLogits: BlockImplementation<typeof meta.params> = ({ params, services }) => {
  const { temperature, alpha } = params;
  return {
    losses: [
      {
        name: "soft-labels",
        share: () => alpha,
        prepare({ keys, x }) {
          const logits = services.teacher().logits(keys, x);
          const targets = softTargets(logits, temperature);
          logits.dispose();
          return targets;
        },
        compute: ({ logits }, [probabilities, entropy]) =>
          tf.mul(softLoss(logits, [probabilities as tf.Tensor2D, entropy as tf.Scalar], temperature), alpha),
      },
    ],
  };
};
