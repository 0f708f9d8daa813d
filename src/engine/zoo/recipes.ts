/** How each pretrained network of the zoo is trained. Ids are `<model>-<dataset>`. */
import type { ZooTraining } from "./train";

export const zooTrainings = {
  "mlp-300-100-mnist": {
    build: "mlp-300-100",
    dataset: "mnist",
    seed: 1,
    epochs: 12,
    batchSize: 64,
    learningRate: 0.001,
  },
  "lenet5c-mnist": { build: "lenet5c", dataset: "mnist", seed: 1, epochs: 8, batchSize: 64, learningRate: 0.001 },
  "lenet5c-fashion-mnist": {
    build: "lenet5c",
    dataset: "fashion-mnist",
    seed: 1,
    epochs: 12,
    batchSize: 64,
    learningRate: 0.001,
  },
  "resnet8-fashion-mnist": {
    build: "resnet8",
    dataset: "fashion-mnist",
    seed: 1,
    epochs: 8,
    batchSize: 64,
    learningRate: 0.004,
  },
  "cnn-m-fashion-mnist": {
    build: "cnn-m",
    dataset: "fashion-mnist",
    seed: 1,
    epochs: 7,
    batchSize: 64,
    learningRate: 0.002,
  },
  "mobile-t-fashion-mnist": {
    build: "mobile-t",
    dataset: "fashion-mnist",
    seed: 1,
    epochs: 8,
    batchSize: 64,
    learningRate: 0.004,
  },
  "unet-half-digit-seg": {
    build: "unet-digit/2",
    dataset: "digit-seg",
    seed: 1,
    epochs: 5,
    batchSize: 32,
    learningRate: 0.004,
  },
} as const satisfies Record<string, ZooTraining>;

export type ZooId = keyof typeof zooTrainings;
