import { beforeAll, describe, expect, it } from "vitest";
import { createRng } from "../../../core/rng";
import { parametersOf, sizeOfShape } from "../../../core/network";
import type { Snapshot } from "../../../core/snapshot";
import { expectMaskedIsShrunk, livelySnapshot } from "../../../surgery/check.testing";
import { addLayer } from "../../../surgery/morph";
import { decodedOf, runTiny, startTiny, tinyDocument, tinyNetwork, tinyPlatform } from "../../../run/tiny.testing";
import { unitsChosen, withoutUnits } from "../../shared/pruning/pruning.testing";
import { filterNorms } from "../../shared/pruning/filter-norms";
import { applyMove, drawMove, fitness, movesOf } from "./nas-morphism";

beforeAll(startTiny);

const parameters = ({ network }: Snapshot): number =>
  parametersOf(network).reduce((sum, { shape }) => sum + sizeOfShape(shape), 0);

describe("fitness", () => {
  it("is the accuracy within the budget, and less beyond it", () => {
    expect(fitness(0.9, 80, 100, 1)).toBe(0.9);
    expect(fitness(0.9, 100, 100, 1)).toBe(0.9);
    // 150 / 100 - 1 = 0.5, times 0.4.
    expect(fitness(0.9, 150, 100, 0.4)).toBeCloseTo(0.7, 12);
  });
});

describe("moves", () => {
  const tiny = livelySnapshot(tinyNetwork());

  it("of a plain network: layers to prune, places for a layer; a block moves once there is one", () => {
    expect(movesOf(tiny, "filters")).toEqual([
      { kind: "prune", group: "conv1" },
      { kind: "prune", group: "conv2" },
      { kind: "add", after: "conv1-relu" },
      { kind: "add", after: "conv2-relu" },
    ]);
    const { snapshot } = addLayer(tiny, "conv1-relu", 1);
    expect(movesOf(snapshot, "filters").filter(({ kind }) => kind === "move")).toEqual([
      { kind: "move", block: "conv1-relu-added-add", after: "conv1-relu" },
      { kind: "move", block: "conv1-relu-added-add", after: "conv2-relu" },
    ]);
  });

  it("pruning leaves as many parameters as pruning by L1 norm does", () => {
    const choice = unitsChosen(tiny, (groups) => filterNorms(tiny, groups, { norm: "l1" }), 0.5);
    const alone = new Map([["conv2", choice.get("conv2")!]]);
    const moved = applyMove(tiny, { kind: "prune", group: "conv2" }, { ratio: 0.5, targets: "filters" }, 1);
    expect(parameters(moved)).toBe(parameters(withoutUnits(tiny, alone).snapshot));
    expectMaskedIsShrunk(tiny, alone);
  });

  it("every kind is drawn as often, however many moves it has", () => {
    const moves = [
      ...Array.from({ length: 18 }, () => ({ kind: "prune", group: "x" }) as const),
      { kind: "add", after: "y" } as const,
    ];
    const rng = createRng(3, "draws");
    const adds = Array.from({ length: 400 }, () => drawMove(moves, rng)).filter((move) => move?.kind === "add").length;
    // Half of 400, within four standard deviations of 10.
    expect(Math.abs(adds - 200)).toBeLessThan(40);
    expect(drawMove([], rng)).toBeUndefined();
  });
});

describe("on the timeline", () => {
  const search = (more: object = {}) => ({
    block: "prune.nas-morphism",
    steps: 24,
    params: { population: 3, generations: 2, budget: 0.6, ...more },
  });

  it("goes on with the best, here one within the budget", async () => {
    const platform = await tinyPlatform();
    const free = await runTiny(tinyDocument([search({ penalty: 0 })]), { platform, useCache: false });
    const bound = await runTiny(tinyDocument([search({ penalty: 10, ratio: 0.5 })]), { platform, useCache: false });
    expect(bound.boundaries.at(-1)!.point.macs).toBeLessThan(bound.boundaries[0]!.point.macs);
    expect(parameters(decodedOf(bound))).toBeLessThan(parameters(decodedOf(free)));
  });

  it("an accuracy guard ends the search at a candidate that falls too far, and goes back to the one before", async () => {
    const takenBack: number[] = [];
    const run = await runTiny(tinyDocument([search({ ratio: 0.75, penalty: 10, accuracyGuard: 0.01 })]), {
      platform: await tinyPlatform(),
      useCache: false,
      observer: { onDecision: (trace) => trace.kind === "taken-back" && takenBack.push(trace.step) },
    });
    expect(takenBack).toHaveLength(1);
    // The first candidate, the network as it came, is within any limit.
    expect(takenBack[0]).toBeGreaterThanOrEqual(8);
    expect(run.result.final.accuracy).toBeGreaterThan(0.8);
  });

  it("goes on from a kept state inside a generation to the same file", async () => {
    const platform = await tinyPlatform();
    const clips = [search(), { block: "prune.magnitude", start: 14, params: { sparsity: 0.1 } }];
    const later = tinyDocument([...clips, { block: "prune.magnitude", start: 24, params: { sparsity: 0.5 } }]);
    await runTiny(tinyDocument(clips), { platform });
    const resumed = await runTiny(later, { platform });
    expect(resumed.restoredAt).toBe(14);
    const whole = await runTiny(later, { platform, useCache: false });
    expect(resumed.result.artefact.sha256).toBe(whole.result.artefact.sha256);
  });
});
