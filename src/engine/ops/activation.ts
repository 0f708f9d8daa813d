import * as tf from "@tensorflow/tfjs-core";
import type { ActivationKind, OpAttrs } from "../core/network";
import { defineOperation, onlyInput } from "./operation";

/** Each kind on tensors and on one number (what a removed channel holds behind it). */
const kinds: Record<
  ActivationKind,
  { tensor: (x: tf.Tensor, alpha: number) => tf.Tensor; atZero: number | undefined }
> = {
  relu: { tensor: (x) => tf.relu(x), atZero: 0 },
  relu6: { tensor: (x) => tf.relu6(x), atZero: 0 },
  "leaky-relu": { tensor: (x, alpha) => tf.leakyRelu(x, alpha), atZero: 0 },
  elu: {
    // Keras' elu has a scale; tf.elu has none.
    tensor: (x, alpha) =>
      alpha === 1 ? tf.elu(x) : tf.add(tf.relu(x), tf.mul(tf.elu(tf.neg(tf.relu(tf.neg(x)))), alpha)),
    atZero: 0,
  },
  selu: { tensor: (x) => tf.selu(x), atZero: 0 },
  sigmoid: { tensor: (x) => tf.sigmoid(x), atZero: 0.5 },
  "hard-sigmoid": { tensor: (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1), atZero: 0.5 },
  tanh: { tensor: (x) => tf.tanh(x), atZero: 0 },
  softplus: { tensor: (x) => tf.softplus(x), atZero: Math.fround(Math.LN2) },
  swish: { tensor: (x) => tf.mul(x, tf.sigmoid(x)), atZero: 0 },
  "hard-swish": { tensor: (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)), atZero: 0 },
  gelu: {
    tensor: (x) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))),
    atZero: 0,
  },
  // Couples all channels: no channel before it can go without moving the others.
  softmax: { tensor: (x) => tf.softmax(x), atZero: undefined },
};

const defaultAlpha: Partial<Record<ActivationKind, number>> = { "leaky-relu": 0.2, elu: 1 };

const alphaOf = (attrs: OpAttrs["activation"]) => attrs.alpha ?? defaultAlpha[attrs.kind] ?? 0;

/** Element-wise nonlinearity. */
export const activation = defineOperation({
  op: "activation",
  outputShape: (_, inputs) => onlyInput("activation", inputs),
  parameters: () => ({}),
  macs: () => 0,
  channels: (attrs) => ({ kind: attrs.kind === "softmax" ? "pinned" : "same" }),
  removedValue(attrs, [value]) {
    // Only zeros and the constants that these kinds make of them occur; a second nonlinearity over such a constant
    // is refused rather than approximated in another precision than the tensors'.
    if (value === 0) return kinds[attrs.kind].atZero;
    return attrs.kind === "relu" ? Math.max(0, value!) : undefined;
  },
  forward: (attrs, [x]) => kinds[attrs.kind].tensor(x!, alphaOf(attrs)),
});
