import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startWasm } from "../backend/node-wasm.testing";
import { registerWasmTrainingKernels } from "../backend/wasm-kernels";
import type { Network } from "../core/network";
import { plainSnapshot, type Snapshot } from "../core/snapshot";
import { createRng } from "../core/rng";
import { classification } from "../tasks/classification";
import { networkBuilder } from "../zoo/builder";
import { initializeValues } from "../zoo/initialize";
import { heldBy } from "./held";
import { LiveModel } from "./live-model";
import { type Batch, type ForwardHooks, trainStep } from "./step";

beforeAll(async () => {
  await startWasm();
  registerWasmTrainingKernels();
});

/** Two stages of a dense layer with batch normalization and relu, then a classifier of two. */
function twoStages(): Network {
  const b = networkBuilder("stages", [3]);
  const stage = (from: string, id: string) =>
    b.activation(b.batchNorm(b.dense(from, { units: 4, useBias: false }, id)));
  return b.build(b.dense(stage(stage(b.input, "one"), "two"), { units: 2 }, "logits"));
}

const fresh = (network = twoStages()): Snapshot => plainSnapshot(network, initializeValues(network, 3));

const adam = { kind: "adam", learningRate: 0.05, momentum: 0 } as const;

function steps(model: LiveModel, from: number, to: number, hooks: readonly ForwardHooks[] = []): void {
  for (let step = from; step < to; step++) {
    const rng = createRng(5, `batch/${step}`);
    const x = tf.tensor2d(
      Float32Array.from({ length: 24 }, () => rng.normal()),
      [8, 3],
    );
    const labels = tf.tidy(() => tf.oneHot(tf.tensor1d([0, 1, 0, 1, 0, 1, 0, 1], "int32"), 2) as tf.Tensor2D);
    const batch: Batch = { step, x, targets: { oneHot: labels } };
    const { total, parts } = trainStep(model, {
      task: classification,
      batch,
      terms: [],
      optimizer: adam,
      noiseSeed: step,
      hooks,
    });
    tf.dispose([x, labels, total, ...parts]);
  }
}

const ofStage = (stage: string) => (name: string) => name.startsWith(`${stage}/`) || name.startsWith(`${stage}-bn/`);

describe("what does not train", () => {
  it("stays the same bytes with its moments and moving statistics, where Adam would go on by them", async () => {
    const model = new LiveModel(fresh());
    steps(model, 0, 3);
    const [before, moments] = [await model.snapshot(), await model.optimizerState()];
    const one = ofStage("one");
    steps(model, 3, 8, [{ trains: (name) => !one(name) }]);
    const [after, later] = [await model.snapshot(), await model.optimizerState()];
    const held = [...before.values.keys()].filter(one);
    expect(held).toHaveLength(5);
    for (const name of held) {
      expect(after.values.get(name)).toEqual(before.values.get(name));
      expect(later.get(name)).toEqual(moments.get(name));
    }
    for (const name of ["two/kernel", "two-bn/movingMean", "logits/kernel"]) {
      expect(after.values.get(name)).not.toEqual(before.values.get(name));
    }
    model.dispose();
  });

  it("trains where every clip lets it", async () => {
    const model = new LiveModel(fresh());
    const before = await model.snapshot();
    steps(model, 0, 2, [{ trains: (name) => !ofStage("one")(name) }, { trains: (name) => !ofStage("two")(name) }]);
    const after = await model.snapshot();
    const moved = [...before.values.keys()].filter(
      (name) => after.values.get(name)!.join() !== before.values.get(name)!.join(),
    );
    expect(moved).toEqual(["logits/kernel", "logits/bias"]);
    model.dispose();
  });

  it("a step in which nothing trains has a loss and leaves the network", async () => {
    const count = tf.memory().numTensors;
    const model = new LiveModel(fresh());
    const before = await model.snapshot();
    steps(model, 0, 1, [{ trains: () => false }]);
    expect((await model.snapshot()).values).toEqual(before.values);
    model.dispose();
    expect(tf.memory().numTensors).toBe(count);
  });

  it("a mark in the spec holds for good, and surgery keeps it", async () => {
    const network = twoStages();
    const nodes = network.nodes.map((node) =>
      node.id === "one" ? { ...node, params: { kernel: { ...node.params.kernel!, frozen: true as const } } } : node,
    ) as Network["nodes"];
    const marked = fresh({ ...network, nodes });
    const model = new LiveModel(marked);
    steps(model, 0, 2);
    const after = await model.snapshot();
    expect(after.values.get("one/kernel")).toEqual(marked.values.get("one/kernel"));
    expect(after.values.get("one-bn/gamma")).not.toEqual(marked.values.get("one-bn/gamma"));
    model.dispose();
  });
});

describe("statistics", () => {
  it("moving ones follow the batches and are computed with; frozen ones stay", async () => {
    for (const [statistics, follows] of [
      ["moving", true],
      ["frozen", false],
    ] as const) {
      const model = new LiveModel(fresh());
      const before = await model.snapshot();
      steps(model, 0, 1, [{ statistics }]);
      const after = await model.snapshot();
      const same = after.values.get("one-bn/movingMean")!.join() === before.values.get("one-bn/movingMean")!.join();
      expect(same).toBe(!follows);
      model.dispose();
    }
  });

  it("of several clips the strictest counts, and a held layer's are frozen", () => {
    const held = heldBy({ network: twoStages() }, [
      { statistics: "moving", trains: (name) => !ofStage("one")(name) },
      { statistics: "batch" },
    ]);
    expect([held.statistics!("one-bn"), held.statistics!("two-bn")]).toEqual(["frozen", "moving"]);
  });
});

it("ranges stay where nothing that is read from trains; the input's goes with the layers that read it", () => {
  const held = heldBy({ network: twoStages() }, [{ trains: (name) => !ofStage("one")(name) }]);
  const ids = ["input", "one", "one-bn", "one-relu", "two", "two-relu", "logits"];
  expect(ids.map((id) => held.rangeFollows(id))).toEqual([false, false, false, false, true, true, true]);
});

it("a layer hook computes a node in place of its operation, and is followed by the next one", async () => {
  const model = new LiveModel(fresh());
  const seen: number[] = [];
  const at = async (hooks: readonly ForwardHooks[]) => {
    const x = tf.ones([2, 3]);
    const labels = tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
    const batch: Batch = { step: 0, x, targets: { oneHot: labels } };
    const frozen = { trains: () => false };
    const { total, parts } = trainStep(model, {
      task: classification,
      batch,
      terms: [],
      optimizer: adam,
      noiseSeed: 0,
      hooks: [frozen, ...hooks],
    });
    const [loss] = await total.data();
    tf.dispose([x, labels, total, ...parts]);
    seen.push(loss!);
  };
  const nothing: ForwardHooks = {
    layer: (node, { compute }) => (node.id === "logits" ? tf.mul(compute(), 0) : undefined),
  };
  const shifted: ForwardHooks = {
    layer: (node, { compute }) => (node.id === "logits" ? tf.add(compute(), [0, 1]) : undefined),
  };
  await at([nothing]);
  await at([nothing, shifted]);
  // Of logits (0, 0): ln 2. Of (0, 1) the mean of ln(1 + e) and ln(1 + 1 / e).
  expect(seen[0]).toBeCloseTo(Math.LN2, 6);
  expect(seen[1]).toBeCloseTo((Math.log(1 + Math.E) + Math.log(1 + 1 / Math.E)) / 2, 6);
  model.dispose();
});
