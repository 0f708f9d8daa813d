import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startWasm } from "../backend/node-wasm.testing";
import { registerWasmTrainingKernels } from "../backend/wasm-kernels";
import type { ParameterState, Snapshot } from "../core/snapshot";
import { plainSnapshot } from "../core/snapshot";
import { networkBuilder } from "../zoo/builder";
import { type KeptSlices, LiveModel } from "./live-model";
import type { OptimizerSettings } from "./optimizer";
import { quantizeActivation } from "./transforms";
import { refreshScales, type UniformQuantizer } from "../quantizers/weights/uniform";
import { affineRange } from "../quantizers/activations/affine";

beforeAll(async () => {
  await startWasm();
  registerWasmTrainingKernels();
});

const f32 = (...values: number[]) => Float32Array.from(values);
const adam: OptimizerSettings = { kind: "adam", learningRate: 0.1, momentum: 0 };
const sgd: OptimizerSettings = { kind: "sgd", learningRate: 0.1, momentum: 0.5 };

/** A dense layer of 2 inputs and 3 outputs: `fc/kernel` [2, 3]. */
function dense(units = 3, kernel = Array.from({ length: 2 * units }, (_, i) => i + 1)): Snapshot {
  const b = networkBuilder("dense", [2]);
  const network = b.build(b.dense(b.input, { units, useBias: false }, "fc"));
  return plainSnapshot(network, new Map([["fc/kernel", f32(...kernel)]]));
}

const withState = (snapshot: Snapshot, state: ParameterState): Snapshot => ({
  ...snapshot,
  states: new Map([["fc/kernel", state]]),
});

/** One optimizer step with these gradients for the kernel. */
function step(model: LiveModel, gradient: readonly number[], optimizer = adam): void {
  const [variable] = model.trainables();
  const tensor = tf.tensor([...gradient], variable!.shape);
  model.update({ [variable!.name]: tensor }, optimizer);
  tf.dispose(tensor);
}

const kernelOf = async (model: LiveModel) => [...(await model.snapshot()).values.get("fc/kernel")!];

/** Runs with a live model, and sees that it leaves no tensor. */
async function live(snapshot: Snapshot, use: (model: LiveModel) => Promise<void> | void): Promise<void> {
  const before = tf.memory().numTensors;
  const model = new LiveModel(snapshot);
  await use(model);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
}

describe("optimizer", () => {
  it("Adam's first step moves by the learning rate against the gradient's sign (Kingma and Ba 2015)", () =>
    live(dense(), async (model) => {
      step(model, [1, -2, 0.5, 4, -1, 3]);
      const moved = (await kernelOf(model)).map((w, i) => w - (i + 1));
      moved.forEach((d, i) => expect(d).toBeCloseTo([-0.1, 0.1, -0.1, -0.1, 0.1, -0.1][i]!, 5));
    }));

  it("sgd: v = 0.5 v + g, w -= 0.1 v", () =>
    live(dense(), async (model) => {
      step(model, [1, 1, 1, 1, 1, 1], sgd); // v = 1
      step(model, [1, 0, 1, 1, 1, 1], sgd); // v = 1.5, and 0.5 where the gradient is 0
      const kernel = await kernelOf(model);
      expect(kernel[0]).toBeCloseTo(1 - 0.1 - 0.15, 6);
      expect(kernel[1]).toBeCloseTo(2 - 0.1 - 0.05, 6);
    }));

  it.each([adam, sgd])("masked weights stay exactly 0 under $kind with momentum", (optimizer) =>
    live(withState(dense(), { mask: Uint8Array.of(1, 0, 1, 0, 1, 1) }), async (model) => {
      for (let i = 0; i < 5; i++) step(model, [1, -3, 2, 5, -1, 0.1], optimizer);
      const kernel = await kernelOf(model);
      expect([kernel[1], kernel[3]].map((w) => w! + 0)).toEqual([0, 0]);
      expect(kernel.filter((w) => w !== 0)).toHaveLength(4);
    }),
  );

  it("a mask that comes later ends the momentum of what it removes", () =>
    live(dense(), async (model) => {
      for (let i = 0; i < 3; i++) step(model, [1, 1, 1, 1, 1, 1], sgd);
      const now = await model.snapshot();
      model.replace(withState(now, { mask: Uint8Array.of(0, 1, 1, 1, 1, 1) }));
      step(model, [0, 0, 0, 0, 0, 0], sgd);
      const kernel = await kernelOf(model);
      expect(kernel[0]! + 0).toBe(0);
      expect(kernel[1]).toBeLessThan(now.values.get("fc/kernel")![1]!); // momentum goes on
      const { moments } = (await model.optimizerState()).get("fc/kernel")!;
      expect(moments["velocity"]![0]! + 0).toBe(0);
    }));

  it("another optimizer starts without moments", () =>
    live(dense(), async (model) => {
      step(model, [1, 1, 1, 1, 1, 1], adam);
      step(model, [0, 0, 0, 0, 0, 0], sgd);
      const state = (await model.optimizerState()).get("fc/kernel")!;
      expect(state).toMatchObject({ kind: "sgd", steps: 1 });
      expect([...state.moments["velocity"]!]).toEqual([0, 0, 0, 0, 0, 0]);
    }));

  it("a restored optimizer goes on as if nothing had been", async () => {
    const gradients = [
      [1, -2, 3, 0.1, 0, -1],
      [0.5, 2, 1, -0.3, 0.2, 4],
    ];
    let undisturbed: number[] = [];
    await live(dense(), async (model) => {
      for (const g of gradients) step(model, g);
      undisturbed = await kernelOf(model);
    });
    await live(dense(), async (model) => {
      step(model, gradients[0]!);
      const [snapshot, optimizer] = [await model.snapshot(), await model.optimizerState()];
      await live(snapshot, async (resumed) => {
        resumed.restoreOptimizer(optimizer);
        step(resumed, gradients[1]!);
        expect(await kernelOf(resumed)).toEqual(undisturbed);
      });
    });
  });

  it("resetOptimizer forgets all moments", () =>
    live(dense(), async (model) => {
      step(model, [1, 1, 1, 1, 1, 1]);
      model.resetOptimizer();
      expect((await model.optimizerState()).size).toBe(0);
    }));
});

describe("replace", () => {
  const gradient = [1, 2, 3, 4, 5, 6];

  it("keeps the moments of a parameter that keeps its shape", () =>
    live(dense(), async (model) => {
      step(model, gradient);
      const before = (await model.optimizerState()).get("fc/kernel")!;
      model.replace(dense(3, [9, 9, 9, 9, 9, 9]));
      expect((await model.optimizerState()).get("fc/kernel")).toEqual(before);
      expect(await kernelOf(model)).toEqual([9, 9, 9, 9, 9, 9]);
    }));

  it("cuts moments with the channels that surgery cut", () =>
    live(dense(), async (model) => {
      step(model, gradient);
      const before = (await model.optimizerState()).get("fc/kernel")!;
      // Output 1 of 3 goes: of each row of [2, 3] places 0 and 2 stay.
      const kept: KeptSlices = new Map([["fc/kernel", [{ axis: 1, indices: Uint32Array.of(0, 2) }]]]);
      model.replace(dense(2), kept);
      const after = (await model.optimizerState()).get("fc/kernel")!;
      const cut = (m: Float32Array) => [m[0], m[2], m[3], m[5]];
      expect([...after.moments["m"]!]).toEqual(cut(before.moments["m"]!));
      expect([...after.moments["v"]!]).toEqual(cut(before.moments["v"]!));
      expect(after.steps).toBe(1);
    }));

  it("another shape without a cut starts afresh", () =>
    live(dense(), async (model) => {
      step(model, gradient);
      model.replace(dense(2));
      expect((await model.optimizerState()).size).toBe(0);
      step(model, [1, 1, 1, 1]);
      expect((await model.optimizerState()).get("fc/kernel")!.steps).toBe(1);
    }));

  it("zeroes what a mask removes although the raw values are not", () =>
    live(withState(dense(), { mask: Uint8Array.of(0, 1, 1, 1, 1, 1) }), async (model) => {
      const effective = tf.tidy(() => [...model.effective("fc/kernel").dataSync()]);
      expect(effective).toEqual([0, 2, 3, 4, 5, 6]);
      step(model, [0, 0, 0, 0, 0, 0], sgd);
      expect((await kernelOf(model))[0]! + 0).toBe(0);
    }));

  it("does not write to the arrays that it was given", () =>
    live(dense(), async (model) => {
      const before = (await model.snapshot()).values.get("fc/kernel")!.slice();
      const given = await model.snapshot();
      step(model, gradient);
      expect(given.values.get("fc/kernel")).toEqual(before);
    }));
});

describe("snapshot of a quantized parameter", () => {
  const quantized = (scales?: Float32Array): Snapshot => {
    const base = dense();
    const clips = f32(1);
    const made: UniformQuantizer = { kind: "uniform", bits: 4, granularity: "tensor", clips, scales: clips };
    const quantizer = refreshScales(base.values.get("fc/kernel")!, made);
    return withState(base, { quantizer: scales ? { ...quantizer, scales } : quantizer });
  };
  const scaleOf = async (model: LiveModel) =>
    ((await model.snapshot()).states.get("fc/kernel")!.quantizer as UniformQuantizer).scales[0];

  it("untrained, keeps the scales it came with, bit for bit", () =>
    live(quantized(f32(0.123)), async (model) => expect(await scaleOf(model)).toBe(Math.fround(0.123))));

  it("trained, has those of its values: 7 levels up to the largest weight", () =>
    live(quantized(), async (model) => {
      step(model, [0, 0, 0, 0, 0, -1]); // 6 -> 6.1
      const largest = (await kernelOf(model))[5]!;
      expect(await scaleOf(model)).toBe(Math.fround(largest / 7));
    }));
});

describe("ranges of quantized activations", () => {
  const quantizer = affineRange(-1, 3, 8);
  const snapshot = (): Snapshot => ({ ...dense(), activations: new Map([["input", quantizer]]) });
  const pass = (model: LiveModel, values: number[], training: boolean) =>
    tf.tidy(() => [...model.transformActivation("input", tf.tensor1d(values), training).dataSync()]);

  it("start frozen and round as inference does", () =>
    live(snapshot(), async (model) => {
      const before = await model.ranges();
      const got = pass(model, [-9, 0.4, 9], true);
      const expected = tf.tidy(() => [...quantizeActivation(tf.tensor1d([-9, 0.4, 9]), quantizer).dataSync()]);
      got.forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 6));
      expect(await model.ranges()).toEqual(before);
      expect((await model.snapshot()).activations.get("input")).toBe(quantizer);
    }));

  it("unfrozen, follow the batch: 0.9 * old + 0.1 * batch, and always hold 0", () =>
    live(
      {
        ...snapshot(),
        activations: new Map([["input", { kind: "affine" as const, bits: 8, scale: 1, zeroPoint: 0 }]]),
      },
      async (model) => {
        model.observeActivations({ decay: 0.9, frozen: false });
        pass(model, [5, 55], true); // low 0.9 * 0 + 0.1 * min(5, 0) = 0; high 0.9 * 255 + 0.1 * 55 = 235
        let [low = NaN, high = NaN] = (await model.ranges())["input"]!;
        expect([low + 0, high]).toEqual([0, expect.closeTo(235, 4)]);
        pass(model, [-20, 35], true); // low -2; high 0.9 * 235 + 3.5 = 215
        [low = NaN, high = NaN] = (await model.ranges())["input"]!;
        expect([low, high]).toEqual([expect.closeTo(-2, 5), expect.closeTo(215, 4)]);
        expect((await model.snapshot()).activations.get("input")).toEqual(affineRange(low, high, 8));
      },
    ));

  it("do not move in inference, or once frozen again", () =>
    live(snapshot(), async (model) => {
      model.observeActivations({ decay: 0.5, frozen: false });
      const before = await model.ranges();
      pass(model, [100], false);
      expect(await model.ranges()).toEqual(before);
      model.observeActivations({ decay: 0.5, frozen: true });
      pass(model, [100], true);
      expect(await model.ranges()).toEqual(before);
    }));

  it("come back as they were, not as they were rounded", () =>
    live(snapshot(), async (model) => {
      model.observeActivations({ decay: 0.7, frozen: false });
      pass(model, [-0.3, 2.2], true);
      const ranges = await model.ranges();
      await live(await model.snapshot(), async (resumed) => {
        resumed.restoreRanges(ranges);
        expect(await resumed.ranges()).toEqual(ranges);
      });
    }));

  it("a node without a quantizer passes through", () =>
    live(snapshot(), (model) => {
      tf.tidy(() => {
        const x = tf.tensor1d([1.2345]);
        expect(model.transformActivation("fc", x, true)).toBe(x);
      });
    }));
});

describe("running statistics", () => {
  it("move by `momentum * old + (1 - momentum) * batch`", async () => {
    const b = networkBuilder("bn", [2]);
    const network = b.build(b.batchNorm(b.input, { momentum: 0.75 }, "bn"));
    const vectors = ["gamma", "beta", "movingMean", "movingVariance"].map((role) => [`bn/${role}`, f32(1, 2)] as const);
    await live(plainSnapshot(network, new Map(vectors)), async (model) => {
      const [mean, variance] = [tf.tensor1d([5, 2]), tf.tensor1d([0, 4])];
      model.updateBatchStatistics("bn", mean, variance);
      tf.dispose([mean, variance]);
      const { values } = await model.snapshot();
      expect([...values.get("bn/movingMean")!]).toEqual([2, 2]); // 0.75 + 1.25
      expect([...values.get("bn/movingVariance")!]).toEqual([0.75, 2.5]);
      expect(model.trainables()).toHaveLength(2);
    });
  });
});

describe("a parameter that is none", () => {
  it("is named", () => live(dense(), (model) => expect(() => model.effective("x/kernel")).toThrow("got 'x/kernel'")));
});
