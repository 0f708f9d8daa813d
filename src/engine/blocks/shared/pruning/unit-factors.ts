/** One factor for each unit of a channel group, as part of the weights that make its channels or read them. */
import * as tf from "@tensorflow/tfjs-core";
import type { ChannelGroup, ChannelSlices } from "../../../surgery/channel-groups";
import type { Follows } from "../../../training/learned-tensors";

/** What a tensor with one value for each unit belongs to: the first parameter whose channels are the units in order. */
export function followsUnits({ id, slices, units }: ChannelGroup): Follows {
  const slice = slices.find(({ unitOf }) => unitOf.length === units && unitOf.every((unit, i) => unit === i));
  return slice ? { parameter: slice.parameter, axes: [slice.axis] } : { node: id };
}

/** Kernels that read channels of the group: what a factor on a channel is folded into. */
export const readingSlices = ({ slices }: ChannelGroup): ChannelSlices[] =>
  slices.filter(({ side, role }) => side === "reads" && role === "kernel");

/**
 * A parameter with each of its slices times the factor of the slice's unit; slices of no unit stay as they are. In a
 * tidy, or inside the tape.
 * @param factors `[units]`
 */
export function scaledByUnits(
  value: tf.Tensor,
  { unitOf, axis }: Pick<ChannelSlices, "unitOf" | "axis">,
  factors: tf.Tensor,
): tf.Tensor {
  const shape = value.shape.map((size, a) => (a === axis ? size : 1));
  const units = factors.size;
  if (unitOf.length === units && unitOf.every((unit, i) => unit === i)) {
    return tf.mul(value, tf.reshape(factors, shape));
  }
  // One more row for the slices of no unit. A product of matrices: its gradient is faster than that of gathering.
  const places = tf.tensor1d(
    unitOf.map((unit) => (unit < 0 ? units : unit)),
    "int32",
  );
  const all = tf.reshape(tf.concat([factors, tf.ones([1])]), [units + 1, 1]) as tf.Tensor2D;
  const along = tf.matMul(tf.cast(tf.oneHot(places, units + 1), "float32") as tf.Tensor2D, all);
  return tf.mul(value, tf.reshape(along, shape));
}
