import { defineBlock } from "../../block";
import { choice, number } from "../../params";
import { guardParams } from "../../shared/pruning/pruning-schedule-params";

export const meta = defineBlock({
  id: "prune.vcd",
  roles: ["prune"],
  covers: ["prune.vcd"],
  survey: "pruning/distribution",
  citations: ["vcd"],
  fidelity: "reconstructed",
  length: "span",
  needs: { data: true, labels: true, batchNorm: true, teacher: false },
  traits: { granularity: "structured" },
  params: {
    mode: choice(["relative", "absolute"], "relative"),
    // Relative 1: as much noise as signal, a dropout rate of a half.
    threshold: number({ min: 0.001, max: 100, default: 1, step: 0.001, scale: "log" }),
    // At 0.001 and a few hundred steps the means stay near 1, and no variance comes up to them.
    strength: number({ min: 0, max: 0.1, default: 0.01, step: 0.0005 }),
    initialVariance: number({ min: 1e-6, max: 1, default: 0.001, step: 1e-6, scale: "log" }),
    varianceRate: number({ min: 1, max: 200, default: 20, step: 1, scale: "log" }),
    roundTo: number({ min: 1, max: 64, default: 1, integer: true }),
    ...guardParams,
  },
});
