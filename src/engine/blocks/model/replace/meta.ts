import { buildIds } from "../../../zoo/build-ids";
import { defineBlock } from "../../block";
import { choice, number } from "../../params";

export const meta = defineBlock({
  id: "model.replace",
  roles: ["model"],
  covers: ["model.replace"],
  survey: "distillation/student",
  citations: ["hinton-kd"],
  fidelity: "exact",
  length: "instant",
  needs: { data: false, labels: false, batchNorm: false, teacher: false },
  traits: {},
  params: {
    network: choice(buildIds, "cnn-m/4"),
    seed: number({ min: 0, max: 4294967295, default: 0, integer: true }),
  },
});
