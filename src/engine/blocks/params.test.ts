import { describe, expect, it } from "vitest";
import { EngineError } from "../core/errors";
import { choice, number, paramProblem, parseParams } from "./params";

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
