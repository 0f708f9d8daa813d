import * as tf from "@tensorflow/tfjs-core";
import type { Shape } from "../core/network";
import { defineOperation, shapeError } from "./operation";

/** One factor for each channel. */
export const isGate = (shape: Shape): boolean =>
  shape.length === 1 || (shape.length === 3 && shape[0] === 1 && shape[1] === 1);

/**
 * Element-wise product of inputs with the same channels: images, and gates that hold one factor for each channel, `[c]`
 * or `[1, 1, c]` (squeeze-and-excitation, Hu et al. 2018). The output is as large as the largest input.
 */
export const multiply = defineOperation({
  op: "multiply",
  outputShape(_, inputs) {
    const whole = inputs.find((s) => !isGate(s)) ?? inputs.find((s) => s.length === 3) ?? inputs[0];
    const fits = (s: Shape) => s.join() === whole?.join() || (isGate(s) && s.at(-1) === whole?.at(-1));
    if (!whole || ![1, 3].includes(whole.length) || inputs.length < 2 || !inputs.every(fits)) {
      throw shapeError("multiply", "two or more inputs of one shape, or with one factor for each channel", inputs);
    }
    return whole;
  },
  parameters: () => ({}),
  macs: () => 0,
  channels: () => ({ kind: "merge" }),
  // Zero times anything is zero, also where a factor is not one constant.
  removedValue: (_, values) => (values.includes(0) ? 0 : values.reduce((product, v) => product * v, 1)),
  forward(_, inputs) {
    const images = inputs.some((x) => x.rank === 4);
    const spread = (x: tf.Tensor) => (images && x.rank === 2 ? tf.reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]) : x);
    return inputs.slice(1).reduce((product, x) => tf.mul(product, spread(x)), spread(inputs[0]!));
  },
});
