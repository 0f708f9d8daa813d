import * as tf from "@tensorflow/tfjs-core";
import type { OpAttrs, Shape } from "../core/network";
import { defineOperation, imageInput, windowLength } from "./operation";

type Attrs = OpAttrs["depthwise-conv2d"];

function outputOf(attrs: Attrs, inputs: readonly Shape[]): [number, number, number] {
  const [h, w, c] = imageInput("depthwise-conv2d", inputs);
  return [
    windowLength("depthwise-conv2d", h, attrs.kernelSize[0], attrs.strides[0], attrs.padding),
    windowLength("depthwise-conv2d", w, attrs.kernelSize[1], attrs.strides[1], attrs.padding),
    c * attrs.multiplier,
  ];
}

/** Depthwise convolution. Kernel `[kh, kw, c, multiplier]`, bias `[c * multiplier]`. */
export const depthwiseConv2d = defineOperation({
  op: "depthwise-conv2d",
  outputShape: outputOf,
  parameters(attrs, inputs) {
    const [, , c] = imageInput("depthwise-conv2d", inputs);
    return {
      kernel: { shape: [...attrs.kernelSize, c, attrs.multiplier], inAxis: 2, trainable: true },
      ...(attrs.useBias ? { bias: { shape: [c * attrs.multiplier], outAxis: 0, trainable: true } } : {}),
    };
  },
  macs(attrs, inputs) {
    const [h, w, c] = outputOf(attrs, inputs);
    return attrs.kernelSize[0] * attrs.kernelSize[1] * c * h * w;
  },
  channels: (attrs) => ({ kind: "repeat", times: attrs.multiplier }),
  // Its kernel and bias go with the channel, so nothing is left whatever came in.
  removedValue: () => 0,
  forward(attrs, [x], parameter) {
    const y = tf.depthwiseConv2d(
      x as tf.Tensor4D,
      parameter("kernel") as tf.Tensor4D,
      [...attrs.strides],
      attrs.padding,
    );
    return attrs.useBias ? tf.add(y, parameter("bias")) : y;
  },
});
