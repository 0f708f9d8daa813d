/** Parameters that several quantizers have. Light: metadata reads it. */
import { choice, number } from "../../params";

const bitsParam = (initial: number) => number({ min: 2, max: 8, default: initial, integer: true, unit: "bits" });

export const weightParams = (wBits: number) =>
  ({
    wBits: bitsParam(wBits),
    edgeBits: bitsParam(8),
    granularity: choice(["channel", "tensor"], "channel"),
  }) as const;

/** When batch normalization folds: at the clip's start, or in the file alone, and it lives on while the network trains. */
export const foldBnParam = (initial: "start" | "file") => choice(["start", "file"], initial);

/** 32 means that activations stay floating point. */
export const activationBits = number({ min: 2, max: 8, off: 32, default: 8, integer: true, unit: "bits" });

export const calibrationParams = (initial: "minmax" | "percentile" | "mse") =>
  ({
    calibration: choice(["minmax", "percentile", "mse"], initial),
    percentile: number({ min: 90, max: 100, default: 99.99, unit: "percentile" }),
  }) as const;

export const imagesParam = number({ min: 1, max: 5000, default: 512, integer: true, unit: "images" });
