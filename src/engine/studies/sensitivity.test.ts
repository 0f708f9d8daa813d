import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { RunControl } from "../run/control";
import { scanSensitivity, type SensitivityOptions } from "./sensitivity";
import type { SensitivityBase, SensitivityCell } from "../document/sensitivity-plan";
import { startTiny, tinyDocument, tinyPlatform } from "../run/tiny.testing";

beforeAll(startTiny);

const document = tinyDocument([
  { block: "prune.filter-l1", steps: 2 },
  { block: "prune.magnitude", steps: 2 },
  { block: "train.fine-tune", steps: 2 },
]);

async function scan(options: SensitivityOptions, control = new RunControl()) {
  const platform = await tinyPlatform();
  const before = tf.memory();
  try {
    return await scanSensitivity(document, options, { platform, backend: "wasm", control });
  } finally {
    const after = tf.memory();
    expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
  }
}

describe("a scan", () => {
  it("prunes each group alone, at each ratio, and says what that saves", async () => {
    const table = await scan({ clipId: "c0", ratios: [0.25, 0.5] });
    expect(table.layers).toEqual([
      { id: "conv1", units: 6 },
      { id: "conv2", units: 8 },
    ]);
    // Folded: conv1 54 + 6, conv2 432 + 8, logits 288 + 4 scalars of 4 bytes.
    expect([table.kind, table.bytes, table.images]).toEqual(["structured", 4 * 792, 27]);
    const saved = table.cells.map(({ layer, ratio, savedBytes }) => [layer, ratio, savedBytes / 4]);
    expect(saved).toEqual([
      // floor(6 * 0.25 + 0.5) = 2 filters of 9 weights and a bias; 2 * 9 * 8 weights that read them.
      ["conv1", 0.25, 2 * 10 + 144],
      ["conv1", 0.5, 3 * 10 + 216],
      // 2 filters of 54 weights and a bias; 9 places of 4 logits.
      ["conv2", 0.25, 2 * 55 + 2 * 36],
      ["conv2", 0.5, 4 * 55 + 4 * 36],
    ]);
    for (const { score, savedMacs } of table.cells) {
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
      expect(savedMacs).toBeGreaterThan(0);
    }
  });

  it("of single weights takes the layers' kernels; MACs stay", async () => {
    const table = await scan({ clipId: "c1", ratios: [0.5] });
    expect(table.kind).toBe("weights");
    expect(table.layers.map(({ id, units }) => [id, units])).toEqual([
      ["conv1", 54],
      ["conv2", 432],
      ["logits", 288],
    ]);
    expect(table.cells.map(({ savedBytes, savedMacs }) => [savedBytes, savedMacs])).toEqual([
      [4 * 27, 0],
      [4 * 216, 0],
      [4 * 144, 0],
    ]);
  });

  it("without a clip is of the source network", async () => {
    const table = await scan({ clipId: null, ratios: [0.5] });
    expect(table.layers.map(({ id }) => id)).toEqual(["conv1", "conv2"]);
  });

  it("an almost empty layer costs accuracy, an unpruned network none", async () => {
    const table = await scan({ clipId: "c1", ratios: [0, 0.99] });
    const at = (ratio: number) => table.cells.filter((cell) => cell.ratio === ratio).map(({ score }) => score);
    expect(new Set(at(0))).toEqual(new Set([table.score]));
    expect(Math.min(...at(0.99))).toBeLessThan(table.score - 0.2);
  });

  it("is told cell by cell, and ends where it is stopped", async () => {
    const control = new RunControl();
    const told: (SensitivityBase | SensitivityCell)[] = [];
    const scanned = scan(
      {
        clipId: "c0",
        onBase: (base) => void told.push(base),
        onCell(cell) {
          told.push(cell);
          if (told.length === 4) control.cancel();
        },
      },
      control,
    );
    await expect(scanned).rejects.toMatchObject({ code: "cancelled" });
    expect(told).toHaveLength(4);
    expect(told[0]).toMatchObject({ kind: "structured", images: 27 });
    expect(told.slice(1).map((cell) => "ratio" in cell && cell.ratio)).toEqual([0.1, 0.2, 0.3]);
  });

  it("a clip that does not prune has none", async () => {
    await expect(scan({ clipId: "c2" })).rejects.toMatchObject({ code: "usage" });
  });
});
