/** Writing a snapshot as a tfjs LayersModel: what `tf.loadLayersModel` reads, and Keras 2 after conversion. */
import { effectiveValues } from "../../quantizers/effective";
import { type Network, type Node, parameterRoles, type Shape } from "../../core/network";
import { type Snapshot, valuesOf } from "../../core/snapshot";
import { inputShapes, shapesOf } from "../../ops/registry";
import { type KerasLayer, layerWriters } from "./layer-writers";

export interface LayersModelFiles {
  /** To be written as model.json. */
  readonly modelJson: Readonly<Record<string, unknown>>;
  /** To be written beside it, under `weightsFile`. */
  readonly weights: Uint8Array;
}

export interface WriteOptions {
  /** Default `weights.bin`. */
  readonly weightsFile?: string;
  /** Plain JSON for `userDefinedMetadata`. */
  readonly userMetadata?: unknown;
}

interface WrittenWeight {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float32Array;
}

/**
 * Weights are the effective ones: masked zeros are zeros, quantized weights have the values of their levels, in float32.
 * Quantizers of activations have no place in the format and are left out.
 * @throws EngineError `unsupported-layer` for an activation that tfjs-layers lacks
 */
export function writeLayersModel(snapshot: Snapshot, options: WriteOptions = {}): LayersModelFiles {
  const { weightsFile = "weights.bin", userMetadata } = options;
  const { network } = snapshot;
  const shapes = shapesOf(network);
  const written: WrittenWeight[] = [];
  const layers = network.nodes.map((node) => {
    const layer = kerasLayer(node, inputShapes(node, shapes)[0] ?? []);
    written.push(...weightsOf(snapshot, node, layer));
    return functionalLayer(node.id, layer, node.inputs);
  });
  let output = network.output;
  if (network.head === "softmax") {
    const head = headName(network);
    layers.push(functionalLayer(head, { className: "Activation", config: { activation: "softmax" } }, [output]));
    output = head;
  }

  return {
    modelJson: {
      format: "layers-model",
      generatedBy: "Compression Studio",
      convertedBy: null,
      modelTopology: {
        class_name: "Model",
        config: {
          name: network.name,
          layers,
          input_layers: [[network.nodes[0]!.id, 0, 0]],
          output_layers: [[output, 0, 0]],
        },
        // The dialect of the fields above.
        keras_version: "2.15.0",
        backend: "tensor_flow.js",
      },
      weightsManifest: [
        { paths: [weightsFile], weights: written.map(({ name, shape }) => ({ name, shape, dtype: "float32" })) },
      ],
      ...(userMetadata === undefined ? {} : { userDefinedMetadata: userMetadata }),
    },
    weights: joined(written),
  };
}

function kerasLayer(node: Node, inputShape: Shape): KerasLayer {
  const write = layerWriters[node.op] as (node: Node, inputShape: Shape) => KerasLayer;
  return write(node, inputShape);
}

function functionalLayer(name: string, { className, config }: KerasLayer, inputs: readonly string[]) {
  return {
    name,
    class_name: className,
    config: { name, trainable: true, ...config },
    inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
  };
}

function weightsOf(snapshot: Snapshot, node: Node, { variables = {} }: KerasLayer): WrittenWeight[] {
  return parameterRoles.flatMap((role) => {
    const spec = node.params[role];
    const variable = variables[role];
    if (!spec || variable === undefined) return [];
    const values = effectiveValues(valuesOf(snapshot, spec.name), snapshot.states.get(spec.name));
    return [{ name: `${node.id}/${variable}`, shape: spec.shape, values }];
  });
}

/** A name for the softmax that no node has. */
function headName({ nodes }: Network): string {
  const taken = new Set(nodes.map((node) => node.id));
  let name = "softmax";
  for (let i = 1; taken.has(name); i++) name = `softmax_${i}`;
  return name;
}

function joined(weights: readonly WrittenWeight[]): Uint8Array {
  const bytes = new Uint8Array(weights.reduce((sum, { values }) => sum + values.byteLength, 0));
  let offset = 0;
  for (const { values } of weights) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}
