/** What every kind of quantizer of weights owes, whoever adds one: seen through its own example. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startWasm } from "../../backend/node-wasm.testing";
import { registerWasmTrainingKernels } from "../../backend/wasm-kernels";
import { decodeArtefact, encodeArtefact } from "../../codecs/artefact";
import { FORMAT_VERSION, packContainer, unpackContainer } from "../../codecs/container";
import { convNetwork, sameBytes } from "../../codecs/codecs.testing";
import { effectiveTensor } from "../../codecs/effective-tensor";
import { applyMask } from "../../core/effective";
import { createRng } from "../../core/rng";
import { type ParameterQuantizer, type ParameterState, plainSnapshot, type Snapshot } from "../../core/snapshot";
import { channelGroups } from "../../surgery/channel-groups";
import { livelySnapshot } from "../../surgery/check.testing";
import { foldBatchNorm } from "../../surgery/fold-batch-norm";
import { removeChannels } from "../../surgery/remove-channels";
import { LiveModel } from "../../training/live-model";
import { packState, unpackState } from "../../training/live-state";
import { tinyNetwork } from "../../run/tiny.testing";
import { arraysOf, effectiveValues } from "../effective";
import { unpackQuantizer } from "../pack";
import { groupOf } from "../grouping";
import { weightKindNames, weightKindOf } from "./registry";

beforeAll(async () => {
  await startWasm();
  registerWasmTrainingKernels();
});

const shape = [3, 3, 2, 4] as const;
const count = 72;
const channels = 4;

/** Weights in units of 1/64, so that fp32 takes their differences without rounding, a channel of zeros among them. */
function weights(seed: number): Float32Array {
  const rng = createRng(seed, "weights");
  return Float32Array.from({ length: count }, (_, i) =>
    i % channels === 3 && seed % 2 === 1 ? 0 : Math.round(64 * rng.normal()) / 64,
  );
}
const maskOf = (seed: number) => {
  const rng = createRng(seed, "mask");
  return Uint8Array.from({ length: count }, () => (rng.next() < 0.4 ? 0 : 1));
};

describe.each(weightKindNames)("%s", (name) => {
  const kind = weightKindOf({ kind: name });
  /** Masked weights with the state that an example of the kind makes of them. */
  const example = (seed: number, masked: boolean) => {
    const mask = masked ? maskOf(seed) : undefined;
    const raw = applyMask(weights(seed), mask);
    const quantizer = kind.example(raw, channels);
    const state: ParameterState = { ...(mask && { mask }), quantizer };
    return { raw, mask, quantizer, state };
  };
  const cases = [1, 2, 3, 4].flatMap((seed) => [false, true].map((masked) => example(seed, masked)));
  const snapshotOf = ({ raw, state }: (typeof cases)[number]): Snapshot => ({
    ...plainSnapshot(convNetwork(2, channels), new Map([["conv/kernel", raw]])),
    states: new Map([["conv/kernel", state]]),
  });

  it("its example has no problem, and no more values in a group than its widths say", () => {
    for (const { raw, quantizer, state, mask } of cases) {
      expect(kind.problem(quantizer, count)).toBeUndefined();
      const group = groupOf(kind.grouping(quantizer), shape);
      const found = new Map<number, Set<number>>();
      effectiveValues(raw, state).forEach((value, i) => {
        if (!mask || mask[i]) found.set(group(i), (found.get(group(i)) ?? new Set()).add(value));
      });
      for (const values of found.values()) expect(values.size).toBeLessThanOrEqual(kind.widths(quantizer).values);
      const { bits, values } = kind.widths(quantizer);
      expect(values).toBeLessThanOrEqual(2 ** bits);
    }
  });

  it.each(["wasm", "cpu"])("trains at rest with what the CPU computes, bit for bit, on %s", async (backend) => {
    await tf.setBackend(backend);
    try {
      for (const one of cases) {
        const before = tf.memory().numTensors;
        const model = new LiveModel(snapshotOf(one));
        const got = tf.tidy(() => tf.keep(tf.clone(model.effective("conv/kernel"))));
        const values = Float32Array.from(await got.data(), (value) => value + 0);
        expect(values).toEqual(effectiveValues(one.raw, one.state).map((value) => value + 0));
        got.dispose();
        model.dispose();
        expect(tf.memory().numTensors).toBe(before);
      }
    } finally {
      await tf.setBackend("wasm");
    }
  });

  it("quantizing what is quantized changes nothing; a removed weight is 0", () => {
    for (const { raw, state, mask } of cases) {
      const once = effectiveValues(raw, state);
      expect(sameBytes(effectiveValues(once, state), once)).toBe(true);
      if (mask) expect(once.every((value, i) => mask[i] === 1 || value === 0)).toBe(true);
    }
  });

  it("its codes stand for its effective values, bit for bit", () => {
    for (const { raw, state } of cases) {
      const tensor = effectiveTensor("w", raw, state, shape);
      expect(sameBytes(tensor.values, effectiveValues(raw, state))).toBe(true);
      expect(tensor.coded?.form).toBe(kind.codes?.form);
    }
  });

  it("comes back from a file: the same values, values again under the quantizer, the same bytes again", () => {
    for (const one of cases) {
      const { bytes } = encodeArtefact(snapshotOf(one));
      const { snapshot } = decodeArtefact(bytes);
      const values = snapshot.values.get("conv/kernel")!;
      expect(sameBytes(values, effectiveValues(one.raw, one.state))).toBe(true);
      expect(snapshot.states.get("conv/kernel")!.quantizer!.kind).toBe(name);
      expect(sameBytes(effectiveValues(values, snapshot.states.get("conv/kernel")), values)).toBe(true);
      expect(encodeArtefact(snapshot).bytes).toEqual(bytes);
    }
  });

  it("a file whose header says something else of it is refused, or read as what it says", () => {
    const { bytes } = encodeArtefact(snapshotOf(cases[1]!));
    const { header, payload } = unpackContainer(bytes);
    const text = JSON.stringify(header);
    const own = (header as { tensors: { quantizer: Record<string, unknown> }[] }).tensors[0]!.quantizer;
    for (const field of [...Object.keys(own), "more"]) {
      for (const value of [undefined, null, -1, 0, 1, 3, 1e9, 0.5, "x", "__proto__", [], [0], [1, 2, 3]]) {
        const changed = JSON.parse(text) as { tensors: { quantizer: Record<string, unknown> }[] };
        changed.tensors[0]!.quantizer[field] = value;
        try {
          const { snapshot } = decodeArtefact(packContainer(JSON.stringify(changed), [payload], FORMAT_VERSION));
          const read = snapshot.states.get("conv/kernel")!.quantizer!;
          expect(weightKindOf(read).problem(read, count)).toBeUndefined();
        } catch (error) {
          expect(error).toMatchObject({ name: "EngineError", code: "invalid-file" });
        }
      }
    }
  });

  it("comes back from a checkpoint as it was", () => {
    for (const one of cases) {
      const { snapshot } = unpackState(packState(snapshotOf(one)));
      expect(snapshot.states).toEqual(snapshotOf(one).states);
    }
  });

  it("a checkpoint with another kind, attribute or array is refused", () => {
    const { quantizer } = cases[0]!;
    const arrays = new Map(arraysOf(quantizer).map((array) => [array.name, array.values]));
    const json = Object.fromEntries(Object.entries(quantizer).filter(([field]) => !arrays.has(field)));
    const refused = expect.objectContaining({ code: "invalid-file" });
    const get = (field: string) => arrays.get(field);
    expect(unpackQuantizer(json, get, count)).toEqual(quantizer);
    expect(() => unpackQuantizer({ ...json, kind: "__proto__" }, get, count)).toThrow(refused);
    expect(() => unpackQuantizer({ ...json, more: 1 }, get, count)).toThrow(refused);
    for (const field of arrays.keys()) {
      expect(() => unpackQuantizer(json, (f) => (f === field ? undefined : get(f)), count)).toThrow(refused);
      expect(() => unpackQuantizer(json, (f) => (f === field ? new Float32Array(0) : get(f)), count)).toThrow(refused);
    }
  });

  it("is cut with its parameter: the effective weights of what stays are those of before", () => {
    const network = tinyNetwork();
    const base = livelySnapshot(network);
    const kernel = base.values.get("conv1/kernel")!;
    const quantizer = kind.example(kernel, 6);
    const snapshot: Snapshot = { ...base, states: new Map([["conv1/kernel", { quantizer }]]) };
    const group = channelGroups(network)[0]!.id;
    const { snapshot: cut } = removeChannels(snapshot, new Map([[group, [1, 4]]]));
    const before = effectiveValues(kernel, { quantizer });
    const after = effectiveValues(cut.values.get("conv1/kernel")!, cut.states.get("conv1/kernel"));
    const stays = [0, 2, 3, 5];
    expect([...after]).toEqual([...before].filter((_, i) => stays.includes(i % 6)));
  });

  it("folds with codes kept where it can be scaled by channel, else normalization stays", () => {
    const base = livelySnapshot(tinyNetwork());
    const kernel = base.values.get("conv1/kernel")!;
    const quantizer = kind.example(kernel, 6);
    const snapshot: Snapshot = { ...base, states: new Map([["conv1/kernel", { quantizer }]]) };
    const folded = foldBatchNorm(snapshot);
    const has = folded.network.nodes.some(({ id }) => id === "conv1-bn");
    expect(has).toBe(kind.scaled === undefined);
    if (has) return;
    const [gamma, variance] = ["gamma", "movingVariance"].map((role) => base.values.get(`conv1-bn/${role}`)!);
    const bn = base.network.nodes.find(({ id }) => id === "conv1-bn")!;
    const { epsilon } = bn.attrs as { epsilon: number };
    const before = effectiveValues(kernel, { quantizer });
    const after = effectiveValues(folded.values.get("conv1/kernel")!, folded.states.get("conv1/kernel"));
    after.forEach((value, i) => {
      const slope = gamma![i % 6]! / Math.sqrt(variance![i % 6]! + epsilon);
      expect(Math.abs(value - before[i]! * slope)).toBeLessThanOrEqual(3e-7 * Math.abs(before[i]! * slope));
    });
  });

  it("what is not derived lives on the device, takes part in training, and comes back with the snapshot", async () => {
    const one = cases[0]!;
    const before = tf.memory().numTensors;
    const model = new LiveModel(snapshotOf(one));
    const roles: ParameterQuantizer = one.quantizer;
    const learned = arraysOf(roles).filter(({ role }) => role === "learned").length;
    expect(model.trainables()).toHaveLength(1 + learned);
    const target = tf.tensor(weights(9), [...shape]);
    const gradients = tf.variableGrads(
      () => tf.sum(tf.squaredDifference(model.effective("conv/kernel", 5), target)) as tf.Scalar,
      model.trainables(),
    );
    model.update(gradients.grads, { kind: "adam", learningRate: 0.01, momentum: 0 });
    tf.dispose([gradients, target]);
    const snapshot = await model.snapshot();
    const state = snapshot.states.get("conv/kernel")!;
    expect(kind.problem(state.quantizer!, count)).toBeUndefined();
    for (const { name: array, role, values } of arraysOf(state.quantizer!)) {
      const old = arraysOf(roles).find((a) => a.name === array)!.values;
      if (role === "constant") expect(values).toEqual(old);
      else expect(values).not.toEqual(old);
    }
    const got = tf.tidy(() => tf.keep(tf.clone(model.effective("conv/kernel"))));
    expect(Float32Array.from(await got.data(), (v) => v + 0)).toEqual(
      effectiveValues(snapshot.values.get("conv/kernel")!, state).map((v) => v + 0),
    );
    got.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
