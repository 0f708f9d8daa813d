/** What every kind of quantizer of activations owes, whoever adds one: seen through its own example. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeArtefact, encodeArtefact } from "../../codecs/artefact";
import { startTiny, tinyNetwork } from "../../run/tiny.testing";
import type { Snapshot } from "../../core/snapshot";
import { livelySnapshot, logitsOf, randomInput } from "../../surgery/check.testing";
import { foldBatchNorm } from "../../surgery/fold-batch-norm";
import { removeBlock } from "../../surgery/remove-block";
import { inferenceModel } from "../../training/evaluate";
import { LiveModel } from "../../training/live-model";
import { packState, unpackState } from "../../training/live-state";
import { bopsOf, macsByNode } from "../../metrics/accounting";
import { residualNetwork } from "../edges.testing";
import { edgesOf, inputEdge, nodeOfEdge } from "../edges";
import { parseActivation } from "../pack";
import { activationKindNames, activationKindOf } from "./registry";

beforeAll(startTiny);

const values = Float32Array.from({ length: 64 }, (_, i) => (i - 20) / 16);

describe.each(activationKindNames)("%s", (name) => {
  const kind = activationKindOf({ kind: name });
  const quantizer = kind.example();
  /** On an output, and on what one reader alone reads. */
  const snapshot = (): Snapshot => ({
    ...livelySnapshot(tinyNetwork()),
    activations: new Map([
      ["conv1-bn", quantizer],
      [inputEdge("conv2", 0), quantizer],
    ]),
  });

  it.each(["wasm", "cpu"])(
    "computes the same in training at rest, in inference and for one number, on %s",
    async (b) => {
      await tf.setBackend(b);
      const before = tf.memory().numTensors;
      const model = new LiveModel(snapshot());
      const [trained, inferred] = tf.tidy(() => {
        const x = tf.tensor1d(values);
        return [model.transformActivation("conv1-bn", x, false), kind.apply(x, quantizer)];
      });
      const expected = values.map((x) => kind.value(x, quantizer) + 0);
      expect((await trained!.data()).map((v) => v + 0)).toEqual(expected);
      expect((await inferred!.data()).map((v) => v + 0)).toEqual(expected);
      expect(new Set(expected).size).toBeLessThanOrEqual(kind.values(quantizer));
      tf.dispose([trained, inferred]);
      model.dispose();
      expect(tf.memory().numTensors).toBe(before);
      await tf.setBackend("wasm");
    },
  );

  it("comes back from a file and a checkpoint, on outputs and on what one reader reads", () => {
    const { bytes } = encodeArtefact(snapshot());
    const read = decodeArtefact(bytes).snapshot;
    expect([...read.activations.keys()]).toEqual(["conv1-bn", inputEdge("conv2", 0)]);
    for (const again of read.activations.values()) {
      for (const x of values) expect(kind.value(x, again)).toBe(kind.value(x, quantizer));
    }
    expect(encodeArtefact(read).bytes).toEqual(bytes);
    expect(unpackState(packState(snapshot())).snapshot.activations).toEqual(snapshot().activations);
  });

  it("with another attribute it is refused", () => {
    const refused = expect.objectContaining({ code: "invalid-file" });
    expect(parseActivation(quantizer)).toEqual(quantizer);
    for (const bad of [
      null,
      {},
      { ...quantizer, kind: "none" },
      { ...quantizer, more: 1 },
      { ...quantizer, bits: 99 },
    ]) {
      expect(() => parseActivation(bad)).toThrow(refused);
    }
  });

  it("what moved is what the snapshot keeps: training at rest and inference agree afterwards", async () => {
    const model = new LiveModel(snapshot());
    model.observeActivations({ decay: 0.5, frozen: false });
    tf.tidy(() => void model.transformActivation("conv1-bn", tf.tensor1d(values.map((v) => 3 * v)), true));
    const after = (await model.snapshot()).activations.get("conv1-bn")!;
    expect(after).not.toEqual(quantizer);
    expect(kind.problem(after)).toBeUndefined();
    const got = tf.tidy(() => model.transformActivation("conv1-bn", tf.tensor1d(values), false));
    expect((await got.data()).map((v) => v + 0)).toEqual(values.map((x) => kind.value(x, after) + 0));
    const numbers = await model.ranges();
    const other = new LiveModel({ ...snapshot(), activations: new Map([["conv1-bn", quantizer]]) });
    other.restoreRanges(numbers);
    expect((await other.ranges())["conv1-bn"]).toEqual(numbers["conv1-bn"]);
    got.dispose();
    model.dispose();
    other.dispose();
  });
});

describe("edges", () => {
  const affine = (scale: number, bits = 4) => ({ kind: "affine" as const, bits, scale, zeroPoint: 0 });

  it("are the inputs of a node, then its output", () => {
    expect(edgesOf(tinyNetwork()).slice(0, 3)).toEqual(["input", "conv1:0", "conv1"]);
    expect(nodeOfEdge("conv1:0", new Set(["conv1"]))).toBe("conv1");
    expect(nodeOfEdge("conv1", new Set(["conv1"]))).toBe("conv1");
  });

  it("what one reader reads is quantized for that reader alone", () => {
    const plain = livelySnapshot(residualNetwork());
    const x = randomInput(plain.network);
    const only = { ...plain, activations: new Map([["branch:0", affine(0.5, 2)]]) };
    const both = { ...plain, activations: new Map([["stem", affine(0.5, 2)]]) };
    const [a, b, c] = [plain, only, both].map((snapshot) => [...logitsOf(snapshot, x)]);
    expect(b).not.toEqual(a);
    expect(b).not.toEqual(c);
    // The same on every edge that leaves a node is what its output does.
    const all = {
      ...plain,
      activations: new Map([
        ["branch:0", affine(0.5, 2)],
        ["sum:0", affine(0.5, 2)],
      ]),
    };
    expect([...logitsOf(all, x)]).toEqual(c);
  });

  it("no kernel is fused over one, and inference sees it", async () => {
    const plain = foldBatchNorm(livelySnapshot(tinyNetwork()));
    const relu = plain.network.nodes.find(({ op }) => op === "activation")!;
    const snapshot = { ...plain, activations: new Map([[inputEdge(relu.id, 0), affine(0.5, 2)]]) };
    const x = randomInput(plain.network);
    const model = inferenceModel(snapshot);
    const logits = tf.tidy(() => model.predict(tf.tensor(x, [2, 12, 12, 1])).output);
    const expected = logitsOf({ ...plain, activations: new Map([[relu.inputs[0]!, affine(0.5, 2)]]) }, x);
    expect([...(await logits.data())].map((v) => v.toFixed(3))).toEqual([...expected].map((v) => v.toFixed(3)));
    logits.dispose();
    model.dispose();
  });

  it("count in bit operations for the reader, go with a block, and keep normalization that reads through them", () => {
    const plain = livelySnapshot(residualNetwork());
    const macs = macsByNode(plain.network);
    const four = { ...plain, activations: new Map([["branch:0", affine(0.5)]]) };
    expect(bopsOf(plain) - bopsOf(four)).toBe(macs.get("branch")! * 32 * (32 - 4));
    expect([...removeBlock(four, "sum").activations]).toEqual([]);
    const tiny = livelySnapshot(tinyNetwork());
    const between = { ...tiny, activations: new Map([[inputEdge("conv1-bn", 0), affine(0.5)]]) };
    expect(foldBatchNorm(between).network.nodes.map(({ id }) => id)).toContain("conv1-bn");
  });
});
