import * as tf from "@tensorflow/tfjs-core";
import type { OpAttrs, Shape } from "../core/network";
import { defineOperation, imageInput, windowLength } from "./operation";

type Attrs = OpAttrs["conv2d"];

function outputOf(attrs: Attrs, inputs: readonly Shape[]): [number, number, number] {
  const [h, w] = imageInput("conv2d", inputs);
  const extent = (axis: 0 | 1) => (attrs.kernelSize[axis] - 1) * attrs.dilation[axis] + 1;
  return [
    windowLength("conv2d", h, extent(0), attrs.strides[0], attrs.padding),
    windowLength("conv2d", w, extent(1), attrs.strides[1], attrs.padding),
    attrs.filters,
  ];
}

/** 2-D convolution (cross-correlation). Kernel `[kh, kw, cin, cout]`, bias `[cout]`. */
export const conv2d = defineOperation({
  op: "conv2d",
  outputShape: outputOf,
  parameters(attrs, inputs) {
    const [, , cin] = imageInput("conv2d", inputs);
    return {
      kernel: { shape: [...attrs.kernelSize, cin, attrs.filters], inAxis: 2, outAxis: 3, trainable: true },
      ...(attrs.useBias ? { bias: { shape: [attrs.filters], outAxis: 0, trainable: true } } : {}),
    };
  },
  macs(attrs, inputs) {
    const [, , cin] = imageInput("conv2d", inputs);
    const [h, w, cout] = outputOf(attrs, inputs);
    return attrs.kernelSize[0] * attrs.kernelSize[1] * cin * cout * h * w;
  },
  channels(attrs, inputs) {
    const [h, w] = imageInput("conv2d", inputs);
    const output = outputOf(attrs, inputs);
    // What the windows span; TensorFlow pads when that is more than there is.
    const span = (axis: 0 | 1) =>
      (output[axis] - 1) * attrs.strides[axis] + (attrs.kernelSize[axis] - 1) * attrs.dilation[axis] + 1;
    return {
      kind: "source",
      resized: (channels) => ({ ...attrs, filters: channels }),
      keepsConstants: attrs.padding === "valid" || (span(0) <= h && span(1) <= w),
    };
  },
  removedValue: () => 0,
  forward(attrs, [x], parameter) {
    const y = tf.conv2d(
      x as tf.Tensor4D,
      parameter("kernel") as tf.Tensor4D,
      [...attrs.strides],
      attrs.padding,
      "NHWC",
      [...attrs.dilation],
    );
    return attrs.useBias ? tf.add(y, parameter("bias")) : y;
  },
});
