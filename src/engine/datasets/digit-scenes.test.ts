import { describe, expect, it } from "vitest";
import { createNodePlatform } from "#platform/node";
import { openDataset } from "./dataset";
import { canvas, digitScenes } from "./digit-scenes";
import type { LabelledImages } from "./source";

/** Squares of 20 x 20 whole ink within 28 x 28; the class is the image's number. */
const squares: LabelledImages = (() => {
  const images = new Uint8Array(3 * 28 * 28);
  for (let n = 0; n < 3; n++) {
    for (let y = 4; y < 24; y++) images.fill(255, n * 784 + y * 28 + 4, n * 784 + y * 28 + 24);
  }
  return { images, labels: Uint8Array.of(0, 1, 2), count: 3, shape: [28, 28, 1] };
})();

describe("scenes of squares", () => {
  const numbers = Uint32Array.from({ length: 60 }, (_, i) => i);
  const scenes = digitScenes(squares, 5, "train", numbers);
  const pixels = canvas * canvas;

  it("are images with a class for each pixel, which is where the ink is", () => {
    expect(scenes.shape).toEqual([32, 32, 1]);
    expect([scenes.images.length, scenes.labels.length]).toEqual([60 * pixels, 60 * pixels]);
    // 0.3 * 255 = 76.5
    expect(scenes.labels.map((label) => Number(label > 0))).toEqual(scenes.images.map((value) => Number(value > 76.5)));
    expect(scenes.labels.reduce((most, label) => Math.max(most, label), 0)).toBe(3);
  });

  it("hold a square of 0.5 to 0.8 of its size at least, and up to three", () => {
    const inks = Array.from({ length: 60 }, (_, n) =>
      scenes.labels.subarray(n * pixels, (n + 1) * pixels).reduce((sum, label) => sum + Number(label > 0), 0),
    );
    // 10 x 10 pixels at half the size, a border of one more in doubt; three of 16 x 16 with what a border adds.
    expect(Math.min(...inks)).toBeGreaterThanOrEqual(81);
    expect(Math.max(...inks)).toBeLessThanOrEqual(3 * 18 * 18);
    const classes = Array.from(
      { length: 60 },
      (_, n) => new Set(scenes.labels.slice(n * pixels, (n + 1) * pixels)).size,
    );
    expect(Math.max(...classes)).toBeGreaterThanOrEqual(3);
  });

  it("follow from their number alone: a draw makes the same ones", () => {
    const some = digitScenes(squares, 5, "train", [41, 3]);
    expect(some.images.slice(0, pixels)).toEqual(scenes.images.slice(41 * pixels, 42 * pixels));
    expect(some.labels.slice(pixels)).toEqual(scenes.labels.slice(3 * pixels, 4 * pixels));
    expect(digitScenes(squares, 5, "test", [3]).images).not.toEqual(some.images.slice(pixels));
    expect(digitScenes(squares, 6, "train", [3]).images).not.toEqual(some.images.slice(pixels));
  });
});

describe("digit-seg as it ships", () => {
  it("is segmentation, made from MNIST; a smaller draw begins a larger one", async () => {
    const { info, load } = await openDataset("digit-seg", createNodePlatform());
    expect(info).toMatchObject({ task: "segmentation", shape: [32, 32, 1] });
    expect(info.classes.slice(0, 2)).toEqual(["background", "0"]);
    const [small, large] = [
      await load("validation", { count: 20, seed: 7 }),
      await load("validation", { count: 60, seed: 7 }),
    ];
    expect(large.images.slice(0, small.images.length)).toEqual(small.images);
    expect(large.labels.slice(0, small.labels.length)).toEqual(small.labels);
    // The mean of 60 scenes lies within a tenth of that of all.
    const mean = [...large.images].reduce((sum, value) => sum + value / 255, 0) / large.images.length;
    expect(Math.abs(mean - info.mean)).toBeLessThan(0.1 * info.mean);
    await expect(load("test", { count: 2001, seed: 7 })).rejects.toMatchObject({ code: "invalid-params" });
  });
});
