import { describe, expect, it } from "vitest";
import type { NumberParam } from "../../../engine/blocks/params";
import { parseDocument } from "../../../engine/document/document";
import { documentFields, imagesField, normalizations, stepsField, trainingFields } from "./document-fields";

const base = { version: 1, dataset: { id: "mnist" }, model: { source: "zoo:x" }, clips: [] };
const clip = { id: "c", block: "prune.magnitude", start: 0, steps: 0 };

const accepts = (document: Record<string, unknown>): boolean => {
  try {
    parseDocument({ ...base, ...document });
    return true;
  } catch {
    return false;
  }
};

/** Each with how it is put into a document. */
const numbers: readonly (readonly [string, NumberParam, (value: number) => Record<string, unknown>])[] = [
  ...Object.entries(documentFields).map(
    ([name, field]) => [name, field, (value: number) => ({ [name]: value })] as const,
  ),
  ...Object.entries(trainingFields).flatMap(([name, field]) =>
    field.type === "number" ? [[name, field, (value: number) => ({ training: { [name]: value } })] as const] : [],
  ),
  ["train", imagesField(undefined), (train) => ({ dataset: { id: "mnist", train } })],
  ["test", imagesField(undefined), (test) => ({ dataset: { id: "mnist", test } })],
  ["samples", imagesField(undefined), (samples) => ({ clips: [{ ...clip, samples }] })],
  ["steps", stepsField(0, 1_000_000), (steps) => ({ clips: [{ ...clip, steps }] })],
  ["start", stepsField(0, 1_000_000), (start) => ({ clips: [{ ...clip, start }] })],
];

describe("the form's ranges are the document's", () => {
  it.each(numbers)("%s", (_, { min, max, integer }, put) => {
    const beyond = integer ? 1 : 1e-9;
    expect([min, max].map((value) => accepts(put(value)))).toEqual([true, true]);
    expect([min - beyond, max + beyond].map((value) => accepts(put(value)))).toEqual([false, false]);
    if (integer) expect(accepts(put(min + 0.5))).toBe(false);
  });

  it("and so are its defaults", () => {
    const { seed, evaluateEvery, liveTest, bnRecalibrationBatches, training } = parseDocument(base);
    const defaults = Object.fromEntries(Object.entries(documentFields).map(([name, field]) => [name, field.default]));
    expect(defaults).toEqual({ seed, evaluateEvery, liveTest, bnRecalibrationBatches });
    expect(Object.fromEntries(Object.entries(trainingFields).map(([name, field]) => [name, field.default]))).toEqual(
      training,
    );
  });

  it("and its choices", () => {
    for (const normalize of normalizations) expect(accepts({ dataset: { id: "mnist", normalize } })).toBe(true);
    for (const name of ["optimizer", "learningRateSchedule"] as const) {
      for (const option of trainingFields[name].options) expect(accepts({ training: { [name]: option } })).toBe(true);
    }
  });
});
