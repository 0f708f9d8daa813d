/**
 * VGG-16 for CIFAR-10, opened as a LayersModel, pruned as Li et al. 2017 ("Pruning Filters for Efficient ConvNets",
 * table 2) prune VGG-16-pruned-A: half the filters of the first and of the last six convolutions go.
 */
import { beforeAll, expect, it } from "vitest";
import { type Node, parametersOf, sizeOfShape } from "../core/network";
import type { Snapshot } from "../core/snapshot";
import { functional, inputLayer, type Json, layer } from "../formats/layers-model/model-json.testing";
import { readLayersModel } from "../formats/layers-model/read";
import { macsByNode, macsOf } from "../metrics/accounting";
import { removeChannels } from "./remove-channels";

const widths = [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512];
/** Convolutions, counted from 1, that a 2x2 max pooling follows. */
const pooledAfter = [2, 4, 7, 10, 13];

const conv = (filters: number, name: string, from: string): Json =>
  layer(
    "Conv2D",
    name,
    { filters, kernel_size: [3, 3], strides: [1, 1], padding: "same", activation: "relu", use_bias: false },
    from,
  );

async function vgg16(): Promise<Snapshot> {
  const layers: Json[] = [inputLayer([32, 32, 3])];
  const weights: { name: string; shape: number[]; dtype: "float32" }[] = [];
  let [from, channels] = ["in", 3];
  const add = (next: Json, name: string, kernel?: number[]) => {
    layers.push(next);
    from = name;
    if (kernel) weights.push({ name: `${name}/kernel`, shape: kernel, dtype: "float32" });
  };
  widths.forEach((filters, i) => {
    const name = `conv${i + 1}`;
    add(conv(filters, name, from), name, [3, 3, channels, filters]);
    channels = filters;
    if (pooledAfter.includes(i + 1)) {
      add(
        layer("MaxPooling2D", `pool${i + 1}`, { pool_size: [2, 2], strides: [2, 2], padding: "valid" }, from),
        `pool${i + 1}`,
      );
    }
  });
  add(layer("Flatten", "flat", {}, from), "flat");
  add(layer("Dense", "fc1", { units: 512, activation: "relu", use_bias: false }, from), "fc1", [512, 512]);
  add(layer("Dense", "fc2", { units: 10, activation: "linear", use_bias: false }, from), "fc2", [512, 10]);
  const bytes = 4 * weights.reduce((count, { shape }) => count + sizeOfShape(shape), 0);
  const json = { modelTopology: functional(layers), weightsManifest: [{ paths: ["w.bin"], weights }] };
  return (await readLayersModel(json, () => Promise.resolve(new Uint8Array(bytes)))).snapshot;
}

const kernels = ({ network }: Snapshot): Record<string, number> =>
  Object.fromEntries(
    parametersOf(network).flatMap(({ node, role, shape }) =>
      role === "kernel" ? [[node.id, sizeOfShape(shape)]] : [],
    ),
  );
const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const producers = ({ network }: Snapshot): Node[] => network.nodes.filter(({ op }) => op === "conv2d");

let whole: Snapshot;
let pruned: Snapshot;
beforeAll(async () => {
  whole = await vgg16();
  const half = (count: number) => Array.from({ length: count / 2 }, (_, unit) => unit);
  const removals = new Map(
    producers(whole)
      .map((node, i) => [node.id, half(widths[i]!)] as const)
      .filter((_, i) => i === 0 || i >= 7),
  );
  pruned = removeChannels(whole, removals).snapshot;
});

it("has the parameters of the paper's table, layer by layer", () => {
  expect(Object.values(kernels(whole))).toEqual([
    1_728, 36_864, 73_728, 147_456, 294_912, 589_824, 589_824, 1_179_648, 2_359_296, 2_359_296, 2_359_296, 2_359_296,
    2_359_296, 262_144, 5_120,
  ]);
  // 1.5e7 in the paper.
  expect(sum(kernels(whole))).toBe(14_977_728);
});

it("has the multiply-accumulates of the paper's table: 3.1e8", () => {
  const macs = macsByNode(whole.network);
  // 32 x 32 x 1,728, and 2 x 2 x 2,359,296.
  expect([macs.get("conv1"), macs.get("conv13")]).toEqual([1_769_472, 9_437_184]);
  expect(macsOf(whole.network)).toBe(313_463_808);
});

it("loses 64 % of its parameters and 34 % of its multiply-accumulates", () => {
  const left = kernels(pruned);
  // 9 x 3 x 32; 9 x 32 x 64; 9 x 256 x 256; fc1 reads 256 channels.
  expect([left["conv1"], left["conv2"], left["conv9"], left["fc1"]]).toEqual([864, 18_432, 589_824, 131_072]);
  expect(1 - sum(left) / sum(kernels(whole))).toBeCloseTo(0.64, 2);
  expect(1 - macsOf(pruned.network) / macsOf(whole.network)).toBeCloseTo(0.342, 3);
});
