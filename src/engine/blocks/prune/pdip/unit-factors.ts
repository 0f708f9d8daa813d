/** One factor for each unit of a channel group, `x <- x * a`, as part of the weights of the layers that read it. */
import * as tf from "@tensorflow/tfjs-core";
import type { ChannelGroup, ChannelSlices } from "../../../surgery/channel-groups";

/** Kernels that read channels of the group: what a factor on a channel is folded into. */
export const readingSlices = ({ slices }: ChannelGroup): ChannelSlices[] =>
  slices.filter(({ side, role }) => side === "reads" && role === "kernel");

/**
 * The kernel that makes of x what `kernel` makes of `x * a`, to rounding: its slices along the input axis times the
 * factors of their units. Channels of no unit keep theirs. In a tidy, or inside the tape.
 * @param factors `[units]`
 */
export function scaledReader(kernel: tf.Tensor, { unitOf, axis }: ChannelSlices, factors: tf.Tensor): tf.Tensor {
  // One more row for the channels of no unit. A product of matrices: its gradient is faster than that of gathering.
  const units = factors.shape[0]!;
  const places = tf.tensor1d(
    unitOf.map((unit) => (unit < 0 ? units : unit)),
    "int32",
  );
  const all = tf.reshape(tf.concat([factors, tf.ones([1])]), [units + 1, 1]) as tf.Tensor2D;
  const along = tf.matMul(tf.cast(tf.oneHot(places, units + 1), "float32") as tf.Tensor2D, all);
  const shape = kernel.shape.map((size, a) => (a === axis ? size : 1));
  return tf.mul(kernel, tf.reshape(along, shape));
}
