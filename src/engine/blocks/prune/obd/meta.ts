import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { fisherParams } from "../../shared/pruning/fisher-params";
import { scheduleParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.obd",
  roles: ["prune"],
  covers: ["prune.obd"],
  survey: "pruning/second-order",
  citations: ["obd"],
  fidelity: "exact",
  length: "either",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "unstructured" },
  params: {
    sparsity: number({ min: 0, max: 0.999, default: 0.5, step: 0.005, unit: "fraction" }),
    scope: choice(["local", "global"], "local"),
    ...fisherParams,
    ...scheduleParams,
  },
});
