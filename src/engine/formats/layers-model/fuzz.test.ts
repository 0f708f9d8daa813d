import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError } from "../../core/errors";
import { shapesOf } from "../../ops/registry";
import { type Json, functional, inputLayer, layer, modelFile, readSnapshot } from "./model-json.testing";
import { readLayersModel } from "./read";

describe("any file", () => {
  const whole = modelFile(
    functional([
      inputLayer([6, 6, 1]),
      layer("Conv2D", "c", { filters: 2, kernel_size: [3, 3], activation: "relu" }, "in"),
      layer("BatchNormalization", "b", { axis: -1 }, "c"),
      layer("Add", "a", {}, "c_pool", "b_pool"),
      layer("MaxPooling2D", "c_pool", {}, "c"),
      layer("MaxPooling2D", "b_pool", {}, "b"),
      layer("Flatten", "f", {}, "a"),
      layer("Dense", "d", { units: 3, activation: "softmax" }, "f"),
    ]),
    [
      { name: "c/kernel", shape: [3, 3, 1, 2] },
      { name: "c/bias", shape: [2] },
      ...["gamma", "beta", "moving_mean", "moving_variance"].map((v) => ({ name: `b/${v}`, shape: [2] })),
      { name: "d/kernel", shape: [8, 3] },
      { name: "d/bias", shape: [3] },
    ],
  );

  /** Every path to a value in a JSON tree. */
  const pathsIn = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
    typeof value !== "object" || value === null
      ? [path]
      : [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
  const paths = pathsIn(whole.json).filter((path) => path.length > 0);

  it("reads as it is", async () => {
    const { network } = await readSnapshot(whole);
    expect(network).toMatchObject({ head: "softmax", output: "d" });
    expect(shapesOf(network).get("d")).toEqual([3]);
  });

  it("with one value replaced or removed is read into a network that runs, or refused with a code", async () => {
    const values = fc.oneof(
      fc.constantFrom<unknown>(
        undefined,
        null,
        -1,
        0,
        1.5,
        1e9,
        "",
        "in",
        "d",
        "Dense",
        [],
        {},
        [[]],
        true,
        "__proto__",
      ),
      fc.jsonValue({ maxDepth: 2 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), values, async (path, value) => {
        const json = structuredClone(whole.json) as Json;
        const parent = path.slice(0, -1).reduce<Json>((node, key) => node[key] as Json, json);
        const key = path.at(-1)!;
        if (value !== undefined) parent[key] = value;
        else if (Array.isArray(parent)) parent.splice(Number(key), 1);
        else Reflect.deleteProperty(parent, key);
        try {
          const { snapshot } = await readLayersModel(json, () => Promise.resolve(whole.bytes));
          shapesOf(snapshot.network);
        } catch (error) {
          if (!(error instanceof EngineError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
