import * as tf from "@tensorflow/tfjs-core";
import { PASS_WITHIN, runFused } from "../backend/fused-composed";

/**
 * The first result of an operation, and the gradient that passes within its second, the limits (Bengio et al. 2013):
 * `dy` where |x| is not above its limit, else 0.
 */
export function straightThrough(x: tf.Tensor, operation: (x: tf.Tensor) => tf.Tensor[]): tf.Tensor {
  const quantize = tf.customGrad((input, save) => {
    const [value, limits] = operation(input as tf.Tensor) as [tf.Tensor, tf.Tensor];
    (save as tf.GradSaveFunc)([input as tf.Tensor, limits]);
    const gradFunc = (dy: tf.Tensor, [saved, range]: tf.Tensor[]) =>
      runFused(PASS_WITHIN, { dy, x: saved!, limits: range! }, {});
    return { value, gradFunc };
  });
  return quantize(x);
}
