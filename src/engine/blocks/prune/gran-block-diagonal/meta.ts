import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.gran-block-diagonal",
  roles: ["prune"],
  covers: ["prune.gran-block-diagonal"],
  survey: "pruning/block-diagonal",
  citations: ["permdnn", "fpga-lstm"],
  fidelity: "exact",
  length: "either",
  needs: { data: false, labels: false, batchNorm: false, teacher: false },
  traits: { granularity: "structured" },
  params: {
    blockSize: number({ min: 2, max: 16, default: 4, integer: true }),
    offset: choice(["energy", "fixed", "random"], "energy"),
    targets: choice(["all", "dense", "convolutions"], "all"),
    ...guardParams,
  },
});
