import { beforeAll, describe, expect, it } from "vitest";
import { channelGroups } from "../../../surgery/channel-groups";
import { expectMaskedIsShrunk } from "../../../surgery/check.testing";
import {
  filtersOf,
  runTiny,
  startTiny,
  tinyDocument,
  tinyPixels,
  tinyPlatform,
  trainedTiny,
} from "../../../run/tiny.testing";
import { oneConvolution, unitsChosen } from "../../shared/pruning/pruning.testing";
import { distanceSums, fpgmScores } from "./fpgm";

beforeAll(startTiny);

const local = { scope: "local", distance: "l2" } as const;

/** Of length 4, the last two zeros: (0, 0), (1, 0), (0, 1.2), (5, 5). */
const fourPoints = () =>
  oneConvolution([
    [0, 0, 0, 0],
    [1, 0, 0, 0],
    [0, 1.2, 0, 0],
    [5, 5, 0, 0],
  ]);

describe("sums of distances (He et al. 2019)", () => {
  it("of (0, 0), (1, 0), (0, 1.2), (5, 5)", () => {
    const snapshot = fourPoints();
    const [scores] = fpgmScores(snapshot, channelGroups(snapshot.network), local);
    // 01: 1, 02: 1.2, 03: sqrt(50) = 7.0711, 12: sqrt(2.44) = 1.5620, 13: sqrt(41) = 6.4031, 23: sqrt(39.44) = 6.2801
    [9.2711, 8.9652, 9.0422, 19.7543].forEach((sum, o) => expect(scores![o]).toBeCloseTo(sum, 4));
  });

  it("the first to go is #1, not #0 with the smallest norm", () => {
    const snapshot = fourPoints();
    expect([...unitsChosen(snapshot, (groups) => fpgmScores(snapshot, groups, local), 0.25)]).toEqual([["conv", [1]]]);
  });

  it("with differences summed: (0, 0) is 1, 1.2 and 10 away", () => {
    const sums = distanceSums(Float32Array.of(0, 0, 1, 0, 0, 1.2, 5, 5), 4, "l1");
    // 01: 1, 02: 1.2, 03: 10, 12: 2.2, 13: 9, 23: 8.8
    [12.2, 12.2, 12.2, 27.8].forEach((sum, o) => expect(sums[o]).toBeCloseTo(sum, 5));
  });

  it("near filters keep their distance: 1e-4 beside weights of 1000", () => {
    // In a Gram matrix of fp32, 1e6 + 1e6 - 2e6 is 0.
    const apart = Math.fround(1000.0001220703125) - 1000;
    expect(distanceSums(Float32Array.of(1000, 1000.0001220703125), 2)[0]).toBe(apart);
    expect(apart).toBeGreaterThan(1e-4);
  });

  it("is 0 for a single filter, and ranked together a mean by weight: 4 / (1 * sqrt(4))", () => {
    expect([...distanceSums(Float32Array.of(1, 2), 1)]).toEqual([0]);
    const snapshot = oneConvolution([
      [2, 0, 0, 0],
      [-2, 0, 0, 0],
    ]);
    const [scores] = fpgmScores(snapshot, channelGroups(snapshot.network), { ...local, scope: "global" });
    expect([...scores!]).toEqual([2, 2]);
  });
});

describe("on the timeline", () => {
  it("on trained weights and real images masked is shrunk", async () => {
    const snapshot = await trainedTiny();
    const images = tinyPixels(4);
    expectMaskedIsShrunk(
      snapshot,
      unitsChosen(snapshot, (groups) => fpgmScores(snapshot, groups, local), 0.5),
      images,
    );
  });

  it("a filter that is the mean of the others goes first", async () => {
    const trained = await trainedTiny();
    const kernel = trained.values.get("conv2/kernel")!.slice();
    // Eight filters; 5 becomes the mean of all: nobody is nearer to the rest.
    for (let row = 0; row < kernel.length; row += 8) {
      kernel[row + 5] = kernel.subarray(row, row + 8).reduce((sum, w) => sum + w / 8, 0);
    }
    const snapshot = { ...trained, values: new Map(trained.values).set("conv2/kernel", kernel) };
    expect(unitsChosen(snapshot, (groups) => fpgmScores(snapshot, groups, local), 1 / 8).get("conv2")).toEqual([5]);
  });

  it("removes two of six and three of eight filters: floor(0.4 N + 0.5)", async () => {
    const run = await runTiny(tinyDocument([{ block: "prune.fpgm" }]), { platform: await tinyPlatform() });
    const filters = filtersOf(run);
    expect(filters).toEqual([4, 5]);
  });
});
