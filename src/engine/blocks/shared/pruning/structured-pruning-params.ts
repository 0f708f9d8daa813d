/** The parameters that every pruner of channels has. Light: metadata reads it. */
import { choice, number } from "../../params";
import { scheduleParams } from "./pruning-schedule-params";

export const structuredParams = {
  sparsity: number({ min: 0, max: 0.95, default: 0.5, unit: "fraction" }),
  scope: choice(["local", "global"], "local"),
  targets: choice(["filters", "filters-and-units", "units"], "filters"),
  roundTo: number({ min: 1, max: 64, default: 1, integer: true }),
  ...scheduleParams,
} as const;
