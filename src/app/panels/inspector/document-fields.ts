/** Ranges of the fields of a document, for its form. `document.ts` of the engine is what decides; a test compares them. */
import { type ChoiceParam, choice, number, type NumberParam } from "../../../engine/blocks/params";
import { maxSteps, optimizers } from "../../../engine/document/document";
import { learningRateSchedules } from "../../../engine/document/learning-rate";

const mostImages = 10_000_000;
const whole = (min: number, max: number, initial: number, unit: NumberParam["unit"] = "none") =>
  number({ min, max, default: initial, integer: true, unit });

export const documentFields = {
  seed: whole(0, 4_294_967_295, 0),
  evaluateEvery: whole(1, maxSteps, 100, "steps"),
  liveTest: whole(1, mostImages, 1000, "images"),
  bnRecalibrationBatches: whole(0, 1000, 20),
} as const;

export const trainingFields = {
  optimizer: choice(optimizers, "adam"),
  learningRate: number({ min: 1e-7, max: 10, default: 0.001, unit: "rate", scale: "log" }),
  learningRateSchedule: choice(learningRateSchedules, "cosine"),
  momentum: number({ min: 0, max: 0.999, default: 0.9, unit: "fraction" }),
  batchSize: whole(1, 1024, 64, "images"),
} as const satisfies Readonly<Record<string, NumberParam | ChoiceParam>>;

export const normalizations = ["none", "standardize"] as const;

/** @param available of the data set; undefined where it is not known */
export const imagesField = (available: number | undefined): NumberParam =>
  whole(1, available ?? mostImages, available ?? mostImages, "images");

export const stepsField = (min: number, max: number): NumberParam => whole(min, max, min, "steps");
