import * as tf from "@tensorflow/tfjs-core";
import { defineOperation, onlyInput } from "./operation";

/** Fully connected layer. Kernel `[in, units]`, bias `[units]`. */
export const dense = defineOperation({
  op: "dense",
  outputShape(attrs, inputs) {
    onlyInput("dense", inputs, 1);
    return [attrs.units];
  },
  parameters(attrs, inputs) {
    const [length] = onlyInput("dense", inputs, 1);
    return {
      kernel: { shape: [length!, attrs.units], inAxis: 0, outAxis: 1, trainable: true },
      ...(attrs.useBias ? { bias: { shape: [attrs.units], outAxis: 0, trainable: true } } : {}),
    };
  },
  macs: (attrs, inputs) => onlyInput("dense", inputs, 1)[0]! * attrs.units,
  channels: (attrs) => ({
    kind: "source",
    resized: (channels) => ({ ...attrs, units: channels }),
    keepsConstants: true,
  }),
  removedValue: () => 0,
  forward(attrs, [x], parameter) {
    const y = tf.matMul(x as tf.Tensor2D, parameter("kernel") as tf.Tensor2D);
    return attrs.useBias ? tf.add(y, parameter("bias")) : y;
  },
});
