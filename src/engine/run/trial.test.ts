/** Trials on the tiny network: what they learn, what they leave alone, when they end. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createMemoryPlatform } from "#platform/memory";
import type { TrialRequest } from "../blocks/block";
import type { EngineError } from "../core/errors";
import type { Snapshot } from "../core/snapshot";
import type { DatasetInfo } from "../datasets/dataset";
import { classification, labelBatch } from "../tasks/classification";
import { createBatchOrder, imageBatch } from "../training/batches";
import { LiveModel } from "../training/live-model";
import { type StepTerm, trainStep } from "../training/step";
import { RunControl } from "./control";
import { validationScore } from "./services";
import { freshTiny, startTiny, tinyClasses, tinyDocument, tinyImages, tinyTrainCount } from "./tiny.testing";
import { type TrialPlace, type TrialProgress, Trials } from "./trial";

beforeAll(startTiny);

const train = tinyImages(324, "train");
const data = {
  task: classification,
  info: { id: "tiny", shape: [12, 12, 1], classes: ["a", "b", "c", "d"] } as unknown as DatasetInfo,
  train,
  test: train,
  validation: () => Promise.resolve(tinyImages(200, "test")),
  normalization: undefined,
};
const document = tinyDocument([], { training: { batchSize: 32 } });
const optimizer = { kind: "adam", learningRate: 0.01, momentum: 0 } as const;
const place: TrialPlace = { step: 7, pool: tinyTrainCount, optimizer, beside: [], terms: [] };
const nothing = () => Promise.resolve();

function room(control = new RunControl(), keeping?: ReturnType<typeof createMemoryPlatform>) {
  const platform = keeping ?? createMemoryPlatform();
  const told: TrialProgress[] = [];
  const trials = new Trials({
    document,
    data,
    gate: async () => {
      await platform.yieldToHost();
      await control.gate();
    },
    tell: (progress) => told.push(progress),
    ...(keeping && {
      kept: { platform, upstream: { document, modelIdentity: "m", dataIdentity: "d", backend: "wasm" } },
    }),
  });
  return { trials, told };
}

const request = (more: Partial<TrialRequest> = {}): TrialRequest => ({
  from: freshTiny(),
  change: (snapshot) => snapshot,
  steps: 12,
  score: (snapshot) => validationScore(snapshot, data, nothing),
  scoredBy: "validation-accuracy",
  ...more,
});

const bytesOf = ({ values }: Snapshot) => [...values].map(([name, v]) => [name, [...v]]);

describe("a trial", () => {
  it("trains a changed copy: the score rises with its steps, the network it came from stays", async () => {
    const from = freshTiny();
    const before = bytesOf(from);
    const { trials, told } = room();
    const halved = (s: Snapshot) => ({
      ...s,
      values: new Map([...s.values].map(([name, v]) => [name, name === "conv1/kernel" ? v.map((x) => x / 2) : v])),
    });
    const tensors = tf.memory().numTensors;
    const short = await trials.make(request({ from, change: halved, steps: 0, number: 1, of: 2 }), place);
    const long = await trials.make(request({ from, change: halved, steps: 60, number: 2, of: 2 }), place);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(bytesOf(short.snapshot)).toEqual(bytesOf(halved(from)));
    expect(long.score).toBeGreaterThan(short.score + 0.2);
    expect(bytesOf(from)).toEqual(before);
    expect(trials.steps).toBe(60);
    expect(told[0]).toEqual({ number: 1, of: 2, step: 0, steps: 0 });
    expect(told.at(-1)).toEqual({ number: 2, of: 2, step: 60, steps: 60 });
  });

  it("is the same each time, and follows the batches of its place", async () => {
    const [first, again] = [await room().trials.make(request(), place), await room().trials.make(request(), place)];
    expect(bytesOf(again.snapshot)).toEqual(bytesOf(first.snapshot));
    const elsewhere = await room().trials.make(request(), { ...place, step: 8 });
    expect(bytesOf(elsewhere.snapshot)).not.toEqual(bytesOf(first.snapshot));
  });

  it("trains with the terms of the clips beside the one that asks", async () => {
    const term: StepTerm = {
      name: "pull",
      share: 1,
      compute: ({ parameter }) => tf.sum(tf.square(parameter("logits/kernel"))),
    };
    const clip = { id: "c", block: "distill.kd-logits", start: 0, steps: 40, params: {} };
    const pulled = await room().trials.make(request(), { ...place, beside: [clip], terms: [term] });
    const size = (s: Snapshot) => s.values.get("logits/kernel")!.reduce((sum, v) => sum + v * v, 0);
    expect(size(pulled.snapshot)).toBeLessThan(0.7 * size(freshTiny()));
    // Hard labels keep nothing: the convolutions have no gradient.
    expect(pulled.snapshot.values.get("conv1/kernel")).toEqual(freshTiny().values.get("conv1/kernel"));
  });

  it("that diverges scores -Infinity and leaves no tensor", async () => {
    const tensors = tf.memory().numTensors;
    const huge = { ...place, optimizer: { kind: "sgd", learningRate: 1e30, momentum: 0 } as const };
    expect((await room().trials.make(request({ steps: 3 }), huge)).score).toBe(-Infinity);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it("refuses a number of steps that is none", async () => {
    await expect(room().trials.make(request({ steps: 1.5 }), place)).rejects.toThrow(/whole number of steps from 0/);
  });
});

it("leaves the lane as it was, to the last bit: weights, moments, statistics, what it learns next", async () => {
  const order = createBatchOrder(document.seed, 32);
  const step = (lane: LiveModel, at: number) => {
    const keys = order.at(at, tinyTrainCount);
    const targets = { oneHot: labelBatch(train, keys, tinyClasses) };
    const batch = { step: at, keys, x: imageBatch(train, keys), targets };
    const { total, parts } = trainStep(lane, { task: classification, batch, terms: [], optimizer, noiseSeed: at });
    tf.dispose([batch.x, targets, total, ...parts]);
  };
  const laneAfter = async (withTrial: boolean) => {
    const lane = new LiveModel(freshTiny());
    for (let at = 0; at < 7; at++) step(lane, at);
    if (withTrial) await room().trials.make(request({ from: await lane.snapshot() }), place);
    for (let at = 7; at < 12; at++) step(lane, at);
    const state = { values: bytesOf(await lane.snapshot()), moments: await lane.optimizerState() };
    lane.dispose();
    return state;
  };
  expect(await laneAfter(true)).toEqual(await laneAfter(false));
});

describe("kept results", () => {
  it("answer a trial that is asked again, and no other one", async () => {
    const platform = createMemoryPlatform();
    const first = await room(undefined, platform).trials.make(request(), place);
    const { trials, told } = room(undefined, platform);
    const asked = { ...request(), score: () => Promise.reject(new Error("scored again")) };
    const again = await trials.make(asked, place);
    expect([again.score, bytesOf(again.snapshot)]).toEqual([first.score, bytesOf(first.snapshot)]);
    expect([trials.steps, told.length]).toEqual([12, 1]);
    for (const other of [{ steps: 11 }, { scoredBy: "another" }, { from: freshTiny(2) }]) {
      await expect(trials.make({ ...asked, ...other }, place)).rejects.toThrow("scored again");
    }
    await expect(trials.make(asked, { ...place, step: 6 })).rejects.toThrow("scored again");
  });
});

it("stops between two steps", async () => {
  const control = new RunControl();
  const { trials, told } = room(control);
  const tensors = tf.memory().numTensors;
  const endless = trials.make(request({ steps: 100_000 }), place);
  setTimeout(() => control.cancel(), 50);
  const stopped = endless.catch((error: unknown) => (error as EngineError).code);
  await expect(stopped).resolves.toBe("cancelled");
  expect(told.at(-1)!.step).toBeLessThan(5000);
  expect(tf.memory().numTensors).toBe(tensors);
}, 5000);
