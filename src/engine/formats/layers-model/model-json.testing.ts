/** For tests only: small model.json files put together by hand, their weights, and reading them. */
import type { Node } from "../../core/network";
import type { Snapshot } from "../../core/snapshot";
import { readLayersModel } from "./read";

export interface TestWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** 0, 0.1, 0.2 ... by default. */
  readonly values?: readonly number[];
}

export type Json = Record<string, unknown>;

export const layer = (className: string, name: string, config: Json, ...inputs: string[]): Json => ({
  class_name: className,
  config: { name, ...config },
  name,
  inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
});

export const inputLayer = (shape: readonly number[], name = "in"): Json =>
  layer("InputLayer", name, { batch_input_shape: [null, ...shape] });

/** A functional model from its first layer to its last. */
export const functional = (layers: readonly Json[], name = "m"): Json => ({
  class_name: "Functional",
  config: {
    name,
    layers,
    input_layers: [[(layers[0]!.config as Json).name, 0, 0]],
    output_layers: [[(layers.at(-1)!.config as Json).name, 0, 0]],
  },
});

export interface TestModel {
  readonly json: Json & { readonly weightsManifest: { readonly paths: string[]; readonly weights: Json[] }[] };
  readonly bytes: Uint8Array;
}

export function modelFile(topology: Json, weights: readonly TestWeight[]): TestModel {
  const values = weights.flatMap(
    ({ shape, values: given }) => given ?? Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 10),
  );
  return {
    json: {
      modelTopology: topology,
      weightsManifest: [
        { paths: ["w.bin"], weights: weights.map(({ name, shape }) => ({ name, shape, dtype: "float32" })) },
      ],
    },
    bytes: new Uint8Array(Float32Array.from(values).buffer),
  };
}

/** Flat input of 2, a dense layer of 3, and whatever stands between. */
export const tinyDense = (...between: Json[]): Json =>
  functional([
    inputLayer([2]),
    ...between,
    layer("Dense", "d", { units: 3 }, between.length === 0 ? "in" : ((between.at(-1)!.config as Json).name as string)),
  ]);

export const tinyWeights = (prefix = ""): TestWeight[] => [
  { name: `${prefix}d/kernel`, shape: [2, 3] },
  { name: `${prefix}d/bias`, shape: [3] },
];

export const readSnapshot = async ({ json, bytes }: TestModel): Promise<Snapshot> =>
  (await readLayersModel(json, () => Promise.resolve(bytes))).snapshot;

/** The nodes that one layer `x` becomes on an 8 x 8 x 2 image. */
export async function nodesOf(className: string, config: Json, weights: readonly TestWeight[] = []): Promise<Node[]> {
  const topology = functional([inputLayer([8, 8, 2]), layer(className, "x", config, "in")]);
  return [...(await readSnapshot(modelFile(topology, weights))).network.nodes.slice(1)];
}
