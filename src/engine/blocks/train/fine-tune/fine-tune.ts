/** Training on hard labels with an optimizer and a learning-rate schedule over the clip's own length. */
import { learningRateFactor } from "../../../document/learning-rate";
import type { BlockImplementation } from "../../block";
import type { meta } from "./meta";

export const fineTune: BlockImplementation<typeof meta.params> = ({ params, steps }) => ({
  optimizer: (step) => ({
    kind: params.optimizer,
    learningRate: params.learningRate * learningRateFactor(params.learningRateSchedule, step / steps),
    momentum: params.momentum,
  }),
});
