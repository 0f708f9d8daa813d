import { learningRateSchedules } from "../../../document/learning-rate";
import { defineBlock } from "../../block";
import { choice, number } from "../../params";

export const meta = defineBlock({
  id: "train.fine-tune",
  roles: ["train"],
  covers: ["train.fine-tune"],
  survey: "pruning/fine-tuning",
  citations: ["han-pruning", "adam"],
  fidelity: "exact",
  length: "span",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: {},
  params: {
    optimizer: choice(["adam", "sgd"], "adam"),
    learningRate: number({ min: 1e-6, max: 1, default: 0.001, step: 1e-6, unit: "rate", scale: "log" }),
    learningRateSchedule: choice(learningRateSchedules, "cosine"),
    momentum: number({
      min: 0,
      max: 0.999,
      default: 0.9,
      unit: "fraction",
      idle: [{ when: "optimizer", is: ["adam"], why: "momentum" }],
    }),
  },
});
