import { defineBlock } from "../../block";
import { number } from "../../params";

export const meta = defineBlock({
  id: "distill.kd-logits",
  roles: ["distill"],
  covers: ["distill.kd-logits", "distill.mode-offline"],
  survey: "distillation/output",
  citations: ["hinton-kd"],
  fidelity: "exact",
  length: "span",
  needs: { data: true, labels: true, batchNorm: false, teacher: true },
  traits: {},
  params: {
    temperature: number({ min: 1, max: 20, default: 4, step: 0.5, unit: "temperature", flat: { from: 5, mild: 4 } }),
    alpha: number({ min: 0, max: 1, default: 0.9, unit: "fraction" }),
  },
});
