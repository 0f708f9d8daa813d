import { adamUpdate } from "../../backend/fused";
import type { OptimizerKind } from "./kind";

/** Adam's defaults (Kingma and Ba 2015); epsilon is explicit because tfjs' differs between backends. */
const defaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

export const adam: OptimizerKind = {
  moments: ["m", "v"],
  step({ value, gradient, mask, moments, steps, learningRate }) {
    adamUpdate(
      { value, gradient, m: moments["m"]!, v: moments["v"]!, mask },
      { ...defaults, learningRate, step: steps },
    );
  },
};
