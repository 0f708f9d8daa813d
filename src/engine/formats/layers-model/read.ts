/** Reading a tfjs LayersModel (model.json and its weight shards) into a snapshot. */
import { EngineError } from "../../core/errors";
import type { Network } from "../../core/network";
import { checkSnapshot, plainSnapshot, type Snapshot } from "../../core/snapshot";
import { Assembler } from "./assembler";
import { layerReaders, mergeClasses } from "./layer-readers";
import { parseModelJson } from "./model-json";
import { type Layer, readTopology } from "./topology";
import { decodeGroup, WeightStore } from "./weight-store";

export interface LayersModel {
  readonly snapshot: Snapshot;
  /** `userDefinedMetadata` of model.json, as it stands there. */
  readonly userMetadata: unknown;
}

/**
 * @param modelJson the parsed model.json
 * @param readShard gives the bytes of a file named in the weights manifest, relative to model.json
 * @throws EngineError `unsupported-layer`, `shape-mismatch`, `invalid-file`, `truncated-file`, `unknown-format`
 */
export async function readLayersModel(
  modelJson: unknown,
  readShard: (path: string) => Promise<Uint8Array>,
): Promise<LayersModel> {
  const { topology, groups, userMetadata, kerasMajor } = parseModelJson(modelJson);
  // Before any shard is fetched: a layer that is not supported need not wait for 90 MB of weights.
  const { name, layers, output } = readTopology(topology);
  layers.forEach(requireKnown);

  const weights = [];
  for (const group of groups) {
    const shards: Uint8Array[] = [];
    for (const path of group.paths) shards.push(await readShard(path));
    const wanted = group.weights.map((spec) => spec.group !== "optimizer");
    weights.push(...decodeGroup(group, shards).filter((_, i) => wanted[i]));
  }
  const assembler = new Assembler(new WeightStore(weights));
  for (const layer of layers) {
    assembler.setOutput(
      layer.key,
      layer.inputs.length === 0 ? addInput(assembler, layer) : addLayer(assembler, layer, kerasMajor),
    );
  }
  const left = assembler.weights.left();
  if (left.length > 0) {
    throw new EngineError(
      "invalid-file",
      `expected a layer for every weight, got ${left.length} without one: ${left.slice(0, 5).join(", ")}`,
      { details: { weights: left.slice(0, 20) } },
    );
  }
  const snapshot = plainSnapshot(networkOf(name, assembler, assembler.outputOf(output)), assembler.values);
  checkSnapshot(snapshot);
  checkVariances(snapshot);
  return { snapshot, userMetadata };
}

function requireKnown(layer: Layer): void {
  const { config, className, inputs } = layer;
  if (inputs.length === 0 && className === "InputLayer") return;
  if (!Object.hasOwn(layerReaders, className)) {
    throw new EngineError(
      "unsupported-layer",
      `${config.label}: expected one of ${Object.keys(layerReaders).join(", ")}, got class ${className}`,
      { details: { layer: config.layer, className, field: "class_name", value: className } },
    );
  }
  const isMerge = mergeClasses.includes(className);
  if (isMerge ? inputs.length < 2 : inputs.length !== 1) {
    throw new EngineError(
      "unsupported-layer",
      `${config.label}: expected ${isMerge ? "two inputs or more" : "one input"}, got ${inputs.length}`,
      { details: { layer: config.layer, className, field: "inbound_nodes", value: inputs.length } },
    );
  }
}

function addInput(assembler: Assembler, layer: Layer): string {
  const { config } = layer;
  const field = config.value("batch_input_shape") === undefined ? "batch_shape" : "batch_input_shape";
  const batchShape = config.value(field);
  const shape = config.shape(field, Array.isArray(batchShape) ? batchShape.slice(1) : undefined);
  return assembler.add(layer, "input", [], { shape });
}

function addLayer(assembler: Assembler, layer: Layer, kerasMajor: number): string {
  const inputs = layer.inputs.map((key) => assembler.outputOf(key));
  const inputShape = assembler.shapeOf(inputs[0]!);
  return layerReaders[layer.className]!({ layer, config: layer.config, assembler, inputs, inputShape, kerasMajor });
}

/** A softmax at the end becomes the network's head: losses and measures want the logits. */
function networkOf(name: string, { nodes }: Assembler, output: string): Network {
  const last = nodes.find((node) => node.id === output)!;
  if (last.op !== "activation" || last.attrs.kind !== "softmax") return { name, nodes, output, head: "none" };
  return { name, nodes: nodes.filter((node) => node !== last), output: last.inputs[0]!, head: "softmax" };
}

function checkVariances({ network, values }: Snapshot): void {
  for (const { params } of network.nodes) {
    const spec = params.movingVariance;
    const bad = spec ? values.get(spec.name)!.findIndex((variance) => variance < 0) : -1;
    if (!spec || bad < 0) continue;
    const got = `${values.get(spec.name)![bad]} at index ${bad}`;
    throw new EngineError("invalid-file", `expected variances of at least 0 in '${spec.name}', got ${got}`);
  }
}
