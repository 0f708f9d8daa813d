import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createRng } from "../../../core/rng";
import { runTiny, startTiny, tinyDocument, tinyNetwork, tinyPlatform } from "../../../run/tiny.testing";
import { networkBuilder } from "../../../zoo/builder";
import { uniformTensor } from "../../shared/noise";
import { densePlaces, normalQuantile, pruneGradient, thresholdOf } from "./gradient-dbtd";

beforeAll(startTiny);

describe("the threshold (Ye et al. 2020)", () => {
  it("mean |g| = 0.8, p = 0.9: sigma = sqrt(pi / 2) 0.8 = 1.002651, tau = Phi^-1(0.95) sigma = 1.649215", () => {
    const gradient = tf.tensor1d([0.8, -0.8]);
    expect(0.8 * Math.sqrt(Math.PI / 2)).toBeCloseTo(1.002651, 6);
    expect(tf.tidy(() => thresholdOf(gradient, 0.9).dataSync()[0])).toBeCloseTo(1.649215, 5);
    gradient.dispose();
  });

  it.each([
    [0.5, 0],
    [0.975, 1.959964],
    [0.995, 2.575829],
  ])("the normal quantile of %d is %d", (probability, expected) => {
    expect(normalQuantile(probability)).toBeCloseTo(expected, 6);
  });
});

describe("pruning", () => {
  const threshold = 1.649215;

  it("leaves what is large, and the mean of what is small: 0.5 within three standard errors", () => {
    const count = 40_000;
    const values = tf.tidy((): number[] => [
      ...pruneGradient(
        tf.fill([count], 0.5),
        tf.scalar(threshold),
        uniformTensor([count], createRng(1, "r")),
      ).dataSync(),
    ]);
    const small = values.reduce((sum, v) => sum + v, 0) / count;
    expect(Math.abs(small - 0.5)).toBeLessThan((3 / Math.sqrt(count)) * threshold);
    expect([...new Set(values)].sort()).toEqual([0, Math.fround(threshold)]);
    const large = tf.tidy(() => [
      ...pruneGradient(tf.tensor1d([2, -3]), tf.scalar(threshold), uniformTensor([2], createRng(1, "r"))).dataSync(),
    ]);
    expect(large).toEqual([2, -3]);
  });

  it("without draws what is small is 0, and a threshold of 0 prunes nothing", () => {
    const at = (tau: number) =>
      tf.tidy(() => [...pruneGradient(tf.tensor1d([2, 0.5, -0.5, 0]), tf.scalar(tau), undefined).dataSync()]);
    expect(at(1)).toEqual([2, 0, 0, 0]);
    expect(at(0)).toEqual([2, 0.5, -0.5, 0]);
  });
});

it("places: before batch normalization, else behind activation and pooling", () => {
  expect(densePlaces(tinyNetwork())).toEqual(["conv1", "conv2"]);
  const b = networkBuilder("plain", [8, 8, 1]);
  const first = b.maxPool(b.activation(b.conv2d(b.input, { filters: 2, kernelSize: 3 }, "a")));
  const second = b.activation(b.conv2d(first, { filters: 2, kernelSize: 3 }, "b"));
  const network = b.build(b.dense(b.flatten(second), { units: 2 }, "logits"));
  expect(densePlaces(network)).toEqual([first, second]);
});

describe("on the tiny network", () => {
  const run = async (params: Readonly<Record<string, string | number>>, steps = 60) => {
    const document = tinyDocument([{ block: "prune.gradient-dbtd", steps, params }]);
    return runTiny(document, { platform: await tinyPlatform() });
  };
  const densities = ({ losses }: Awaited<ReturnType<typeof run>>) =>
    losses.flatMap(({ names, parts }) => [...parts[names.indexOf("c0:density")]!]);

  it("most gradients go once the queue is full, the network keeps its size and learns on", async () => {
    const done = await run({ sparsity: 0.9, fifo: 5 });
    const density = densities(done);
    expect(density.slice(0, 5).every((d) => d > 0.9)).toBe(true);
    expect(density.slice(5).reduce((sum, d) => sum + d, 0) / 55).toBeLessThan(0.6);
    expect(done.result.final.nonZero).toBe(done.result.original.nonZero);
    expect(done.result.final.accuracy).toBeGreaterThan(done.result.original.accuracy - 0.05);
    // The figure is no loss.
    const [chunk] = done.losses;
    expect(chunk!.total[0]).toBeCloseTo(chunk!.parts[0]![0]!, 6);
  });

  it("zeroing leaves about a tenth of them", async () => {
    const density = densities(await run({ sparsity: 0.9, fifo: 2, rounding: "zero" }, 20)).slice(2);
    for (const d of density) expect(d).toBeLessThan(0.25);
  });
});
