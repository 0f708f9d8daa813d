/** Parameters that several quantizers have. Light: metadata reads it. */
import { choice, type IdleRule, number, type NumberParam } from "../../params";

const bitsParam = (initial: number, rules: Pick<NumberParam, "few"> = {}) =>
  number({ min: 2, max: 8, default: initial, integer: true, unit: "bits", ...rules });

/** Widths of weights that want training behind them, and those that soft labels of a high temperature are too flat for. */
export const fewWeightBits = { needsTraining: 3, coarse: 2 } as const;

/** What is for activations only. */
export const ofActivations: IdleRule = { when: "aBits", is: [32], why: "activations" };

export const weightParams = (wBits: number) =>
  ({
    wBits: bitsParam(wBits, { few: fewWeightBits }),
    edgeBits: bitsParam(8),
    granularity: choice(["channel", "tensor"], "channel"),
  }) as const;

/** When batch normalization folds: at the clip's start, or in the file alone, and it lives on while the network trains. */
export const foldBnParam = (initial: "start" | "file") => choice(["start", "file"], initial);

/** 32 means that activations stay floating point. */
export const activationBits = number({ min: 2, max: 8, off: 32, default: 8, integer: true, unit: "bits" });

const notPercentile: IdleRule = { when: "calibration", unless: ["percentile"], why: "percentile" };

export const calibrationParams = (initial: "minmax" | "percentile" | "mse") =>
  ({
    calibration: choice(["minmax", "percentile", "mse"], initial),
    percentile: number({ min: 90, max: 100, default: 99.99, unit: "percentile", idle: [notPercentile] }),
  }) as const;

export const imagesParam = number({
  min: 1,
  max: 5000,
  default: 512,
  integer: true,
  unit: "images",
  idle: [ofActivations],
});
