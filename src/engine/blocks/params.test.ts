import { describe, expect, it } from "vitest";
import { EngineError } from "../core/errors";
import { choice, layerPairs, layers, network, number, numbers, paramProblem, parseParams, toggle } from "./params";

const schema = {
  sparsity: number({ min: 0, max: 0.95, default: 0.5, unit: "fraction" }),
  bits: number({ min: 2, max: 8, off: 32, default: 8, integer: true, unit: "bits" }),
  scope: choice(["local", "global"], "local"),
};

describe("paramProblem", () => {
  it.each([
    ["sparsity", 2, "sparsity must be in [0, 0.95], got 2"],
    ["sparsity", -0.1, "sparsity must be in [0, 0.95], got -0.1"],
    ["sparsity", NaN, "sparsity must be in [0, 0.95], got NaN"],
    ["sparsity", "0.5", "sparsity must be in [0, 0.95], got '0.5'"],
    ["bits", 16, "bits must be in [2, 8], or 32 for off, got 16"],
    ["bits", 2.5, "bits must be a whole number, got 2.5"],
    ["scope", "all", "scope must be one of local, global, got 'all'"],
    ["scope", 1, "scope must be one of local, global, got 1"],
  ] as const)("%s = %s", (name, value, problem) => {
    expect(paramProblem(name, schema[name], value)).toBe(problem);
  });

  it.each([
    ["sparsity", 0],
    ["sparsity", 0.95],
    ["bits", 32],
    ["scope", "global"],
  ] as const)("%s = %s is fine", (name, value) => {
    expect(paramProblem(name, schema[name], value)).toBeUndefined();
  });
});

describe("parseParams", () => {
  it("fills in defaults", () => {
    expect(parseParams(schema, { bits: 4 })).toEqual({ sparsity: 0.5, bits: 4, scope: "local" });
  });

  it.each(["sparsitty", "toString", "__proto__"])("refuses '%s' and names it", (name) => {
    const raw = JSON.parse(`{"${name}": 1}`) as Record<string, unknown>;
    const error = (() => {
      try {
        parseParams(schema, raw, "p1");
      } catch (e) {
        return e as EngineError;
      }
      return undefined;
    })();
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: "invalid-params", clipId: "p1", details: { parameter: name } });
    expect(error!.message).toBe(`expected parameters among sparsity, bits, scope, got '${name}'`);
  });

  it("refuses a value out of range with the clip and the parameter", () => {
    expect(() => parseParams(schema, { sparsity: 1 }, "p1")).toThrow(
      expect.objectContaining({ code: "invalid-params", clipId: "p1", details: { parameter: "sparsity" } }) as Error,
    );
  });
});

describe("parameters that are no number and no choice", () => {
  const rich = {
    fold: toggle(true),
    shares: numbers({ min: 0, max: 1, default: [0.5, 0.75, 1], most: 4 }),
    widths: numbers({ min: 2, max: 8, integer: true, set: true, default: [4, 8] }),
    frozen: layers({ most: 2 }),
    pairs: layerPairs({ default: [["conv1", "conv3"]], most: 2 }),
    from: network(["original", "after", "build"], "original"),
  };

  it.each([
    ["fold", "yes", "fold must be true or false, got 'yes'"],
    ["shares", 0.5, "shares must be a list, got 0.5"],
    ["shares", [], "shares must have 1 to 4 entries, got 0"],
    ["shares", [0.5, 2], "shares[1] must be in [0, 1], got 2"],
    ["shares", [0.5, "1"], "shares[1] must be in [0, 1], got '1'"],
    ["widths", [4, 2], "widths must ascend, each number once, got [4,2]"],
    ["widths", [4, 4], "widths must ascend, each number once, got [4,4]"],
    ["widths", [2.5], "widths[0] must be a whole number, got 2.5"],
    ["frozen", ["a", "a"], "frozen must name each layer once, got 'a' twice"],
    ["frozen", ["a", ""], "frozen[1] must be the id of a layer, got ''"],
    ["frozen", ["a", "b", "c"], "frozen must have 0 to 2 entries, got 3"],
    ["pairs", [["a"]], 'pairs[0] must be two layers [student, teacher], got ["a"]'],
    ["pairs", ["ab"], "pairs[0] must be two layers [student, teacher], got 'ab'"],
    ["from", "zoo:x", "from must be original, after:<name>, build:<name>, got 'zoo:x'"],
    ["from", "after:", "from must be original, after:<name>, build:<name>, got 'after:'"],
    ["from", null, "from must be original, after:<name>, build:<name>, got null"],
  ] as const)("%s = %j", (name, value, problem) => expect(paramProblem(name, rich[name], value)).toBe(problem));

  it("are read from a document, and left out take their defaults", () => {
    const raw = { fold: false, widths: [2, 3], pairs: [["a", "b"]], from: "build:cnn-m?width=2" };
    const read = parseParams(rich, raw);
    expect(read).toEqual({ ...raw, shares: [0.5, 0.75, 1], frozen: [] });
    // The types are those of the schema.
    const typed: { fold: boolean; widths: readonly number[]; pairs: readonly (readonly [string, string])[] } = read;
    expect(typed.widths).toHaveLength(2);
  });
});
