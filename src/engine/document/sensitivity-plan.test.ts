import { describe, expect, it } from "vitest";
import { ratiosForBudget, ratiosWithinLoss, type SensitivityCell, type SensitivityTable } from "./sensitivity-plan";

/** Accuracies at ratios 0.25, 0.5 and 0.75 of layers of 100 bytes (`a`), 400 (`b`) and 40 (`c`); MACs the other way round. */
function table(accuracies: Readonly<Record<string, readonly number[]>>): SensitivityTable {
  const bytes: Readonly<Record<string, number>> = { a: 100, b: 400, c: 40 };
  const macs: Readonly<Record<string, number>> = { a: 1000, b: 100, c: 10 };
  const ratios = [0.25, 0.5, 0.75];
  const cells = Object.entries(accuracies).flatMap(([layer, list]) =>
    list.map((score, i): SensitivityCell => ({
      layer,
      ratio: ratios[i]!,
      score,
      savedBytes: ratios[i]! * bytes[layer]!,
      savedMacs: ratios[i]! * macs[layer]!,
    })),
  );
  return {
    kind: "structured",
    layers: Object.keys(accuracies).map((id) => ({ id, units: 4 })),
    ratios,
    metric: "accuracy",
    score: 0.9,
    images: 100,
    bytes: 540,
    macs: 1110,
    cells,
  };
}

const three = table({ a: [0.89, 0.85, 0.5], b: [0.9, 0.88, 0.8], c: [0.7, 0.6, 0.1] });

describe("within a loss", () => {
  it("the largest ratio of each layer that loses no more; exactly so much is allowed", () => {
    // Losses: a 0.01, 0.05, 0.4; b 0, 0.02, 0.1; c 0.2 and more.
    expect([...ratiosWithinLoss(three, 0.05).ratios]).toEqual([
      ["a", 0.5],
      ["b", 0.5],
    ]);
    expect([...ratiosWithinLoss(three, 0).ratios]).toEqual([["b", 0.25]]);
    expect([...ratiosWithinLoss(three, 1).ratios.values()]).toEqual([0.75, 0.75, 0.75]);
  });

  it("adds up what is saved and lost", () => {
    const { savedBytes, savedMacs, loss } = ratiosWithinLoss(three, 0.05);
    // a: 50 bytes, 500 MACs, 0.05; b: 200, 50, 0.02.
    expect([savedBytes, savedMacs]).toEqual([250, 550]);
    expect(loss).toBeCloseTo(0.07, 12);
  });

  it("a lucky cell behind a bad one earns nothing", () => {
    expect([...ratiosWithinLoss(table({ a: [0.8, 0.9, 0.9] }), 0.05).ratios]).toEqual([]);
  });

  it("a layer of which nothing is known yet keeps everything", () => {
    const part = { ...three, cells: three.cells.filter(({ layer }) => layer === "b") };
    expect([...ratiosWithinLoss(part, 0.05).ratios.keys()]).toEqual(["b"]);
  });
});

describe("within a budget", () => {
  it("takes what costs least for what it saves", () => {
    // 540 - 0.75 * 540 = 135 bytes to save. b to 0.25 saves 100 for nothing, b to 0.5 another 100 for 0.02:
    // 0.0002 a byte; a to 0.25 asks 0.01 for 25: 0.0004.
    const plan = ratiosForBudget(three, { of: "bytes", share: 0.75 });
    expect([...plan.ratios]).toEqual([["b", 0.5]]);
    expect(plan).toMatchObject({ reached: true, savedBytes: 200 });
    expect(plan.loss).toBeCloseTo(0.02, 12);
  });

  it("MACs are another matter", () => {
    // 1110 * 0.5 = 555 to save. b to 0.25 saves 25 for nothing, a to 0.5 saves 500 for 0.05. The 30 that are missing
    // cost 0.35 where a goes to 0.75, 0.1 where b does, although a saves more for each.
    const plan = ratiosForBudget(three, { of: "macs", share: 0.5 });
    expect(plan.reached).toBe(true);
    expect(plan.savedMacs).toBeGreaterThanOrEqual(555);
    expect([...plan.ratios]).toEqual([
      ["a", 0.5],
      ["b", 0.75],
    ]);
  });

  it("gives back what the last step made needless", () => {
    // 60 of 540 bytes: c's steps are the cheapest and save 10 and 20; a's to 0.75 saves 75 for 0.1 and does alone.
    const odd = table({ a: [0.8, 0.8, 0.8], c: [0.9, 0.8999, 0.8] });
    const plan = ratiosForBudget(odd, { of: "bytes", share: 480 / 540 });
    expect(plan.reached).toBe(true);
    expect([...plan.ratios]).toEqual([["a", 0.75]]);
  });

  it("nothing to save, nothing removed", () => {
    const plan = ratiosForBudget(three, { of: "bytes", share: 1 });
    expect(plan).toEqual({ ratios: new Map(), savedBytes: 0, savedMacs: 0, loss: 0, reached: true });
  });

  it("says when all ratios together do not do", () => {
    // At most three quarters can go.
    const plan = ratiosForBudget(three, { of: "bytes", share: 0.2 });
    expect(plan.reached).toBe(false);
    expect([...plan.ratios.values()]).toEqual([0.75, 0.75, 0.75]);
  });
});
