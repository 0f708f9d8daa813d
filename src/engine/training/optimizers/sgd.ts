import { sgdUpdate } from "../../backend/fused";
import type { OptimizerKind } from "./kind";

/** Gradient descent; with momentum the velocity is what moves the value. */
export const sgd: OptimizerKind = {
  moments: ["velocity"],
  step({ value, gradient, mask, moments, learningRate, momentum }) {
    sgdUpdate({ value, gradient, velocity: moments["velocity"]!, mask }, { learningRate, momentum });
  },
};
