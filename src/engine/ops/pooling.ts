import * as tf from "@tensorflow/tfjs-core";
import type { OpAttrs, OpName, Shape } from "../core/network";
import { defineOperation, imageInput, windowLength } from "./operation";

type Attrs = OpAttrs["max-pool"];

function pooledShape(op: OpName, attrs: Attrs, inputs: readonly Shape[]): Shape {
  const [h, w, c] = imageInput(op, inputs);
  return [
    windowLength(op, h, attrs.poolSize[0], attrs.strides[0], attrs.padding),
    windowLength(op, w, attrs.poolSize[1], attrs.strides[1], attrs.padding),
    c,
  ];
}

/** What all pooling has in common: no weights, channels kept apart, a constant stays that constant. */
const weightless = {
  parameters: () => ({}),
  macs: () => 0,
  channels: () => ({ kind: "same" }) as const,
  removedValue: (_: unknown, [value]: readonly number[]) => value,
};

export const maxPool = defineOperation({
  op: "max-pool",
  ...weightless,
  outputShape: (attrs, inputs) => pooledShape("max-pool", attrs, inputs),
  forward: (attrs, [x]) => tf.maxPool(x as tf.Tensor4D, [...attrs.poolSize], [...attrs.strides], attrs.padding),
});

export const avgPool = defineOperation({
  op: "avg-pool",
  ...weightless,
  outputShape: (attrs, inputs) => pooledShape("avg-pool", attrs, inputs),
  forward: (attrs, [x]) => tf.avgPool(x as tf.Tensor4D, [...attrs.poolSize], [...attrs.strides], attrs.padding),
});

export const globalAvgPool = defineOperation({
  op: "global-avg-pool",
  ...weightless,
  outputShape: (_, inputs) => [imageInput("global-avg-pool", inputs)[2]],
  forward: (_, [x]) => tf.mean(x!, [1, 2]),
});

export const globalMaxPool = defineOperation({
  op: "global-max-pool",
  ...weightless,
  outputShape: (_, inputs) => [imageInput("global-max-pool", inputs)[2]],
  forward: (_, [x]) => tf.max(x!, [1, 2]),
});
