import { beforeAll, describe, expect, it } from "vitest";
import { valuesOf } from "../../../core/snapshot";
import { expectMaskedIsShrunk } from "../../../surgery/check.testing";
import {
  decodedOf,
  runTiny,
  startTiny,
  tinyDocument,
  tinyPixels,
  tinyPlatform,
  trainedTiny,
} from "../../../run/tiny.testing";
import { fourFilters } from "../../shared/pruning/pruning.testing";
import { softChoice, zeroFilters } from "./sfp";

beforeAll(startTiny);

describe("the filters of smallest norm (He et al. 2018)", () => {
  it("L2 norms 3, 2, 2.5, 1: half are #3 and #1; L1 norms 3, 4, 3.5, 2: #3 and #0", () => {
    const choice = (norm: "l1" | "l2") => softChoice(fourFilters(), { sparsity: 0.5, norm }).get("conv");
    expect([choice("l2"), choice("l1")]).toEqual([
      [3, 1],
      [3, 0],
    ]);
  });

  it("become zero, keep their place and carry no mask", () => {
    const after = zeroFilters(fourFilters(), new Map([["conv", [3, 1]]]), { offsets: "zero" });
    // Output channels are the fastest axis: filters 0 and 2 are left.
    expect([...valuesOf(after, "conv/kernel")]).toEqual([3, 0, 2, 0, 0, 0, 1.5, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(after.states.size).toBe(0);
  });

  it("a zeroed filter with gradient -1 at rate 0.1 has grown by the next choice, and may survive it", () => {
    const zeroed = zeroFilters(fourFilters(), new Map([["conv", [3]]]), { offsets: "zero" });
    const kernel = valuesOf(zeroed, "conv/kernel").slice();
    // 40 steps: its four weights are 4 each, of norm 8.
    for (let step = 0; step < 40; step++) for (let i = 3; i < 16; i += 4) kernel[i] = kernel[i]! + 0.1;
    const grown = { ...zeroed, values: new Map(zeroed.values).set("conv/kernel", kernel) };
    expect(softChoice(grown, { sparsity: 0.25, norm: "l2" }).get("conv")).toEqual([1]);
  });

  it("their offsets become zero too, unless they are kept; the scales stay", async () => {
    const snapshot = await trainedTiny();
    const removals = new Map([["conv1", [2]]]);
    const beta = (offsets: "zero" | "keep") => valuesOf(zeroFilters(snapshot, removals, { offsets }), "conv1-bn/beta");
    expect(beta("zero")[2]).toBe(0);
    expect(beta("keep")).toEqual(valuesOf(snapshot, "conv1-bn/beta"));
    expect(valuesOf(zeroFilters(snapshot, removals, { offsets: "zero" }), "conv1-bn/gamma")[2]).not.toBe(0);
  });
});

describe("on the timeline", () => {
  const clip = { block: "prune.sfp", steps: 12, params: { sparsity: 0.5, everySteps: 4 } };

  it("nothing goes before the end, and filters that were zero are not masked", async () => {
    const run = await runTiny(tinyDocument([clip], { evaluateEvery: 5 }), { platform: await tinyPlatform() });
    const parameters = run.points.map((p) => p.parameters);
    expect(parameters.slice(0, -1).every((n) => n === parameters[0])).toBe(true);
    const after = decodedOf(run);
    expect(after.network.nodes.flatMap((n) => (n.op === "conv2d" ? n.attrs.filters : []))).toEqual([3, 4]);
    expect([...after.states.values()].some(({ mask }) => mask)).toBe(false);
  });

  it("masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const images = tinyPixels(4);
    expectMaskedIsShrunk(snapshot, softChoice(snapshot, { sparsity: 0.5, norm: "l2" }), images);
  });
});
