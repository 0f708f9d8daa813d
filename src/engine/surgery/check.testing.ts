/** What the tests of this folder share: snapshots with lively values, running them on the cpu backend, comparing logits. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { expect } from "vitest";
import { effectiveValues } from "../quantizers/effective";
import { type Network, type Node, parametersOf, sizeOfShape } from "../core/network";
import { createRng } from "../core/rng";
import { plainSnapshot, type Snapshot, valuesOf } from "../core/snapshot";
import { operationOf } from "../ops/registry";
import { forward } from "../training/forward";
import { activationTransforms } from "../training/transforms";
import { initializeValues } from "../zoo/initialize";
import { analyzeChannels } from "./channel-groups";
import { removeChannels } from "./remove-channels";
import type { RemovalOptions, Removals } from "./removal-plan";
import { maskChannels } from "./mask-channels";

/** Values as after training: no bias or shift is zero, statistics are not 0 and 1. */
export function livelySnapshot(network: Network, seed = 1): Snapshot {
  const values = initializeValues(network, seed);
  for (const { name, role } of parametersOf(network)) {
    if (role === "kernel") continue;
    const rng = createRng(seed, `lively/${name}`);
    const array = values.get(name)!;
    for (let i = 0; i < array.length; i++) {
      const x = rng.normal();
      if (role === "gamma") array[i] = (i % 5 === 4 ? -1 : 1) * (1 + 0.2 * x);
      else if (role === "movingVariance") array[i] = 0.5 + rng.next();
      else array[i] = 0.3 * x;
    }
  }
  return plainSnapshot(network, values);
}

export function randomInput(network: Network, seed = 1, batch = 2): Float32Array {
  const input = network.nodes[0] as Extract<Node, { op: "input" }>;
  const rng = createRng(seed, "input");
  return Float32Array.from({ length: batch * sizeOfShape(input.attrs.shape) }, () => rng.normal());
}

/** The first images of MNIST's test set, `[count, 28, 28, 1]` in [0, 1]. */
export function realImages(count: number): Float32Array {
  const bytes = gunzipSync(readFileSync("public/datasets/mnist/test-00.bin"));
  return Float32Array.from(bytes.subarray(0, count * 784), (v) => v / 255);
}

/** Logits of effective values, activation quantizers and all; `x` holds whole samples of the network's input shape. */
export function logitsOf({ network, values, states, activations }: Snapshot, x: Float32Array): Float32Array {
  const input = network.nodes[0] as Extract<Node, { op: "input" }>;
  const shapes = new Map(parametersOf(network).map(({ name, shape }) => [name, shape]));
  return tf.tidy(() => {
    const parameter = (name: string) =>
      tf.tensor(effectiveValues(values.get(name)!, states.get(name)), [...shapes.get(name)!]);
    const images = tf.tensor(x, [x.length / sizeOfShape(input.attrs.shape), ...input.attrs.shape]);
    const { output } = forward(network, parameter, images, activationTransforms(activations));
    return output.dataSync() as Float32Array;
  });
}

/** Within 1e-5 of the largest |logit|. */
export function expectSameLogits(got: Float32Array, expected: Float32Array): void {
  expect(got.length).toBe(expected.length);
  const scale = expected.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  expect(Number.isFinite(scale)).toBe(true);
  const worst = got.reduce((max, v, i) => Math.max(max, Math.abs(v - expected[i]!)), 0);
  expect(worst).toBeLessThanOrEqual(1e-5 * scale);
}

/** Every parameter has the shape that its operation asks for, and values, masks and scales to fit. */
export function expectConsistent(snapshot: Snapshot): void {
  const { network, states } = snapshot;
  const analysis = analyzeChannels(network);
  expect(new Set(snapshot.values.keys())).toEqual(new Set(parametersOf(network).map((p) => p.name)));
  for (const { name, shape, node } of parametersOf(network)) {
    expect(valuesOf(snapshot, name).length).toBe(sizeOfShape(shape));
    const state = states.get(name);
    if (state?.mask) expect(state.mask.length).toBe(sizeOfShape(shape));
    const quantizer = state?.quantizer;
    if (quantizer?.kind === "uniform" && quantizer.granularity === "channel") {
      expect(quantizer.scales.length).toBe(analysis.unitsOfNode.get(node.id)!.length);
      expect(quantizer.clips.length).toBe(quantizer.scales.length);
    }
    expect(operationOf(node).op).toBe(node.op);
  }
}

/** The invariant: masked and shrunk give the same logits, and the shrunk one is smaller by what was asked. */
export function expectMaskedIsShrunk(
  snapshot: Snapshot,
  removals: Removals,
  x = randomInput(snapshot.network),
  options: RemovalOptions = {},
): Snapshot {
  const masked = maskChannels(snapshot, removals, options);
  const { snapshot: shrunk } = removeChannels(snapshot, removals, options);
  expectConsistent(masked);
  expectConsistent(shrunk);
  expectSameLogits(logitsOf(shrunk, x), logitsOf(masked, x));
  // The mask carries the same information: shrinking the masked one gives the same network.
  const { snapshot: both } = removeChannels(masked, removals, options);
  expectSameLogits(logitsOf(both, x), logitsOf(masked, x));
  expect(both.network).toEqual(shrunk.network);
  return shrunk;
}

/** Each group loses this share of its units, chosen by the seed. */
export function randomRemovals(network: Network, share: number, seed = 1): Map<string, number[]> {
  const rng = createRng(seed, "removals");
  return new Map(
    analyzeChannels(network).groups.map(({ id, units }) => [
      id,
      Array.from({ length: units }, (_, unit) => unit).filter(() => rng.next() < share),
    ]),
  );
}
