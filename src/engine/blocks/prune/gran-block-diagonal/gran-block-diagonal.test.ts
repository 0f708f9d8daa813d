import { beforeAll, describe, expect, it } from "vitest";
import { createRng } from "../../../core/rng";
import { plainSnapshot } from "../../../core/snapshot";
import { decodedOf, effectiveOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../run/tiny.testing";
import { networkBuilder } from "../../../zoo/builder";
import { energyOffsets, offDiagonal, pruneToDiagonals, tileOffsets } from "./gran-block-diagonal";

const matrix = (columns: number, ...values: number[]) => ({ columns, values: Float32Array.from(values) });
const rng = () => createRng(3, "test");

describe("one diagonal of each tile (Deng et al. 2018)", () => {
  it("[[1, 5], [2, 3]], p = 2: energies 1 + 9 and 25 + 4, so [[0, 5], [2, 0]] stays", () => {
    const b = networkBuilder("two", [2]);
    const network = b.build(b.dense(b.input, { units: 2, useBias: false }, "fc"));
    const snapshot = plainSnapshot(network, new Map([["fc/kernel", Float32Array.of(1, 5, 2, 3)]]));
    const pruned = pruneToDiagonals(snapshot, { blockSize: 2, offset: "energy", targets: "all" }, rng());
    expect([...pruned.values.get("fc/kernel")!]).toEqual([0, 5, 2, 0]);
    expect([...pruned.states.get("fc/kernel")!.mask!]).toEqual([0, 1, 1, 0]);
    expect(() =>
      pruneToDiagonals(snapshot, { blockSize: 2, offset: "energy", targets: "convolutions" }, rng()),
    ).toThrow(/among convolutions, got none/);
  });

  it("equal energies: the smaller offset", () => {
    expect([...energyOffsets(matrix(2, 1, 1, 1, 1), 2)]).toEqual([0]);
  });

  it("fixed: row + column of the tile, here 0, 1, 1, 0 for 4x4 and p = 2", () => {
    const m = matrix(4, ...Array.from({ length: 16 }, () => 1));
    const offsets = tileOffsets(m, 2, "fixed", rng());
    expect([...offsets]).toEqual([0, 1, 1, 0]);
    // prettier-ignore
    expect([...offDiagonal(m, 2, offsets)]).toEqual([
      0, 1, 1, 0,
      1, 0, 0, 1,
      1, 0, 0, 1,
      0, 1, 1, 0,
    ]);
  });

  it.each(["energy", "fixed", "random"] as const)(
    "%s: p = 4 keeps a quarter, one in each row and column of a tile",
    (offset) => {
      const draws = createRng(5, "weights");
      const m = matrix(12, ...Array.from({ length: 8 * 12 }, () => draws.normal()));
      const gone = offDiagonal(m, 4, tileOffsets(m, 4, offset, rng()));
      for (let row = 0; row < 8; row++)
        expect(gone.subarray(12 * row, 12 * row + 12).filter((g) => g === 0)).toHaveLength(3);
      for (let c = 0; c < 12; c++) expect([...gone].filter((g, i) => i % 12 === c && g === 0)).toHaveLength(2);
    },
  );

  it("sides that p does not divide: 3x3 and p = 2, the tiles at the edge are cut off", () => {
    const m = matrix(3, 1, 1, 9, 1, 1, 1, 9, 1, 9);
    // Tiles [[1, 1], [1, 1]], [9, 1]', [9, 1] and [9].
    const offsets = energyOffsets(m, 2);
    expect([...offsets]).toEqual([0, 0, 0, 0]);
    expect([...offDiagonal(m, 2, offsets)]).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0]);
  });
});

describe("on the tiny network", () => {
  beforeAll(startTiny);

  it("half of each kernel is left, and training on it brings the accuracy back", async () => {
    const document = tinyDocument([
      { block: "prune.gran-block-diagonal", params: { blockSize: 2 } },
      { block: "train.fine-tune", steps: 40, params: { learningRate: 0.01 } },
    ]);
    const run = await runTiny(document, { platform: await tinyPlatform() });
    const after = decodedOf(run);
    // Of 72 x 4 and 54 x 8 weights; both sides are even.
    expect(effectiveOf(after, "logits/kernel").filter((w) => w !== 0)).toHaveLength(144);
    expect(effectiveOf(after, "conv2/kernel").filter((w) => w !== 0)).toHaveLength(216);
    expect(run.result.final.accuracy).toBeGreaterThan(run.points.at(-2)!.accuracy + 0.05);
    expect(run.result.final.accuracy).toBeGreaterThan(0.8);
  });

  it("energy loses less than a fixed diagonal does", async () => {
    const platform = await tinyPlatform();
    const accuracy = async (offset: string) =>
      (
        await runTiny(tinyDocument([{ block: "prune.gran-block-diagonal", params: { offset, blockSize: 2 } }]), {
          platform,
        })
      ).result.final.accuracy;
    expect(await accuracy("energy")).toBeGreaterThan(await accuracy("fixed"));
  });
});
