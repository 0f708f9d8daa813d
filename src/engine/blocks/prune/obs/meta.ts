import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { fisherParams } from "../../shared/pruning/fisher-params";
import { scheduleParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.obs",
  roles: ["prune"],
  covers: ["prune.obs"],
  survey: "pruning/second-order",
  citations: ["obs"],
  fidelity: "exact",
  length: "either",
  needs: { data: true, labels: true, batchNorm: false, teacher: false },
  traits: { granularity: "unstructured" },
  params: {
    sparsity: number({ min: 0, max: 0.999, default: 0.5, step: 0.005, unit: "fraction" }),
    scope: choice(["local", "global"], "global"),
    blockSize: number({ min: 1, max: 256, default: 64, integer: true }),
    damping: number({ min: 1e-8, max: 1, default: 0.001, step: 1e-8, scale: "log" }),
    ...fisherParams,
    images: { ...fisherParams.images, default: 128 },
    ...scheduleParams,
  },
});
