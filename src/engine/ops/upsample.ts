import * as tf from "@tensorflow/tfjs-core";
import { defineOperation, imageInput } from "./operation";

/** A tensor beside itself, `times` over, along the second of two axes. */
const beside = (x: tf.Tensor2D, times: number): tf.Tensor2D =>
  times === 1
    ? x
    : tf.concat(
        Array.from({ length: times }, () => x),
        1,
      );

/** Every pixel repeated: `output[y, x] = input[floor(y / vertical), floor(x / horizontal)]`. */
export const upsample = defineOperation({
  op: "upsample",
  outputShape({ size: [vertical, horizontal] }, inputs) {
    const [h, w, c] = imageInput("upsample", inputs);
    return [h * vertical, w * horizontal, c];
  },
  parameters: () => ({}),
  macs: () => 0,
  channels: () => ({ kind: "same" }),
  removedValue: (_, [value]) => value,
  // By concatenation, whose gradient every backend has: pixels within a row, then rows.
  forward({ size: [vertical, horizontal] }, [x]) {
    const [batch, h, w, c] = x!.shape as [number, number, number, number];
    const wide = beside(tf.reshape(x!, [batch * h * w, c]), horizontal);
    const high = beside(tf.reshape(wide, [batch * h, w * horizontal * c]), vertical);
    return tf.reshape(high, [batch, h * vertical, w * horizontal, c]);
  },
});
