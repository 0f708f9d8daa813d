import * as tf from "@tensorflow/tfjs-core";
import { batchNormTrain } from "../backend/fused";
import { defineOperation, onlyInput } from "./operation";

/** Batch normalization over the last axis (Ioffe and Szegedy 2015). */
export const batchNorm = defineOperation({
  op: "batch-norm",
  outputShape: (_, inputs) => onlyInput("batch-norm", inputs),
  parameters(_, inputs) {
    const shape = [onlyInput("batch-norm", inputs).at(-1)!];
    return {
      gamma: { shape, outAxis: 0, trainable: true },
      beta: { shape, outAxis: 0, trainable: true },
      movingMean: { shape, outAxis: 0, trainable: false },
      movingVariance: { shape, outAxis: 0, trainable: false },
    };
  },
  macs: () => 0,
  channels: () => ({ kind: "same" }),
  // Gamma and beta go with the channel.
  removedValue: () => 0,
  forward(attrs, [x], parameter, { training, nodeId, onBatchStatistics }) {
    if (training) {
      const { y, mean, variance } = batchNormTrain(x!, parameter("gamma"), parameter("beta"), attrs.epsilon);
      onBatchStatistics?.(nodeId, mean, variance);
      return y;
    }
    return tf.batchNorm(
      x as tf.Tensor4D,
      parameter("movingMean") as tf.Tensor1D,
      parameter("movingVariance") as tf.Tensor1D,
      parameter("beta") as tf.Tensor1D,
      parameter("gamma") as tf.Tensor1D,
      attrs.epsilon,
    );
  },
});
