/**
 * The graph of a Keras model: Sequential and Functional, nested ones flattened, to a list of layers in topological order
 * with one input and one output. Knows how layers are joined, not what they do.
 */
import { EngineError } from "../../core/errors";
import { inboundLayers, modelEnd } from "./inbound";
import { LayerConfig, shown } from "./layer-config";
import { isRecord } from "./model-json";

export interface Layer {
  /** Unique in the flattened graph. */
  readonly key: string;
  readonly name: string;
  /** Names of the nested models around it, outermost first. */
  readonly path: readonly string[];
  readonly className: string;
  readonly config: LayerConfig;
  /** Keys of earlier layers. */
  readonly inputs: readonly string[];
}

export interface Topology {
  readonly name: string;
  /** In topological order; the first is the InputLayer. */
  readonly layers: readonly Layer[];
  /** Key of the layer that the model returns. */
  readonly output: string;
}

interface RawLayer {
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inboundNodes: unknown;
}

const modelClasses = ["Sequential", "Functional", "Model"];
const deepestNesting = 8;
const mostLayers = 10_000;

/**
 * @param topology `{ class_name, config }`
 * @throws EngineError `invalid-file`, or `unsupported-layer` for shared layers and several inputs or outputs
 */
export function readTopology(topology: Readonly<Record<string, unknown>>): Topology {
  const className = topology.class_name;
  if (typeof className !== "string" || !modelClasses.includes(className)) {
    throw new EngineError(
      "unsupported-layer",
      `model.json: expected a model of class ${modelClasses.join(" or ")}, got ${shown(className)}; ` +
        "rebuild it from layers with the functional interface",
    );
  }
  const flat = new Flattening();
  const config = topology.config;
  const output = flat.model({ name: "model", className, config: configOf(config), inboundNodes: [] }, [], undefined);
  const name = isRecord(config) && typeof config.name === "string" ? config.name : "model";
  requireReached(flat.layers, output);
  return { name, layers: flat.layers, output };
}

function requireReached(layers: readonly Layer[], output: string): void {
  const reached = new Set([output]);
  for (const { key, inputs } of [...layers].reverse())
    if (reached.has(key)) inputs.forEach((input) => reached.add(input));
  const loose = layers.find(({ key }) => !reached.has(key));
  if (loose) throw invalid(`expected every layer to lead to the output, got '${loose.name}', which does not`);
}

/** Old Sequential models have the list of layers as their config. */
const configOf = (config: unknown): Readonly<Record<string, unknown>> =>
  Array.isArray(config) ? { layers: config } : isRecord(config) ? config : {};

class Flattening {
  readonly layers: Layer[] = [];
  readonly #keys = new Set<string>();

  /**
   * Adds the layers of a model and returns the key of its output.
   * @param source key of the layer that feeds it, for a nested model
   */
  model(raw: RawLayer, path: readonly string[], source: string | undefined): string {
    if (path.length > deepestNesting) {
      throw new EngineError("unsupported-layer", `expected at most ${deepestNesting} nested models, got more`);
    }
    const layers = rawLayers(raw);
    return raw.className === "Sequential"
      ? this.#sequential(raw, layers, path, source)
      : this.#functional(raw, layers, path, source);
  }

  #sequential(
    model: RawLayer,
    layers: readonly RawLayer[],
    path: readonly string[],
    source: string | undefined,
  ): string {
    let previous = source;
    layers.forEach((layer, index) => {
      const isInput = layer.className === "InputLayer";
      if (isInput && index > 0) throw severalInputs(layer.name);
      if (isInput && source !== undefined) return;
      if (previous === undefined && !isInput && !modelClasses.includes(layer.className)) {
        previous = this.#add(implicitInput(model, layer), path, []);
      }
      previous = this.#layerOrModel(layer, path, previous === undefined ? [] : [previous]);
    });
    if (previous === undefined) throw emptyModel(model.name);
    return previous;
  }

  #functional(
    model: RawLayer,
    layers: readonly RawLayer[],
    path: readonly string[],
    source: string | undefined,
  ): string {
    const inputName = modelEnd(model.config, "input_layers", model.name);
    const outputName = modelEnd(model.config, "output_layers", model.name);
    const outputs = new Map<string, string>();
    for (const { layer, inbound } of inOrder(layers)) {
      if (layer.className === "InputLayer") {
        if (layer.name !== inputName) throw severalInputs(layer.name);
        outputs.set(layer.name, source ?? this.#add(layer, path, []));
        continue;
      }
      const inputs = inbound.map((name) => outputs.get(name)!);
      outputs.set(layer.name, this.#layerOrModel(layer, path, inputs));
    }
    const output = outputs.get(outputName);
    if (output === undefined || !outputs.has(inputName)) throw emptyModel(model.name);
    return output;
  }

  #layerOrModel(layer: RawLayer, path: readonly string[], inputs: readonly string[]): string {
    if (!modelClasses.includes(layer.className)) return this.#add(layer, path, inputs);
    if (inputs.length > 1) throw severalInputs(layer.name);
    return this.model(layer, [...path, layer.name], inputs[0]);
  }

  #add(layer: RawLayer, path: readonly string[], inputs: readonly string[]): string {
    if (this.layers.length >= mostLayers) throw invalid(`expected at most ${mostLayers} layers, got more`);
    if (layer.className === "InputLayer" && this.layers.length > 0) throw severalInputs(layer.name);
    if (layer.className !== "InputLayer" && inputs.length === 0) {
      throw invalid(`layer '${layer.name}' (${layer.className}): expected a layer before it, got none`);
    }
    const { name, className } = layer;
    // The key becomes a node's id, and `/` divides node and role in a parameter's name.
    const wanted = [...path, name].join("_").replaceAll("/", "_");
    let key = wanted;
    for (let i = 1; this.#keys.has(key); i++) key = `${wanted}_${i}`;
    this.#keys.add(key);
    const config = new LayerConfig([...path, name].join("/"), className, layer.config);
    this.layers.push({ key, name, path, className, config, inputs });
    return key;
  }
}

function rawLayers(model: RawLayer): RawLayer[] {
  const list = model.config.layers;
  if (!Array.isArray(list) || list.length === 0) throw emptyModel(model.name);
  const names = new Set<string>();
  return list.map((entry: unknown, index) => {
    if (!isRecord(entry) || typeof entry.class_name !== "string") {
      throw invalid(`model '${model.name}', layer ${index}: expected a class_name and a config, got ${shown(entry)}`);
    }
    const config = configOf(entry.config);
    const name = typeof config.name === "string" ? config.name : entry.name;
    if (typeof name !== "string" || name === "" || name.length > 200) {
      throw invalid(`model '${model.name}', layer ${index}: expected a name, got ${shown(name)}`);
    }
    if (names.has(name))
      throw invalid(`model '${model.name}': expected layers of different names, got '${name}' twice`);
    names.add(name);
    return { name, className: entry.class_name, config, inboundNodes: entry.inbound_nodes };
  });
}

/** A Sequential model may leave the InputLayer out and give its first layer, or itself, the shape. */
function implicitInput(model: RawLayer, first: RawLayer): RawLayer {
  const batchShape = first.config.batch_input_shape ?? model.config.build_input_shape ?? model.config.batch_input_shape;
  return {
    name: `${first.name}_input`,
    className: "InputLayer",
    config: { batch_input_shape: batchShape },
    inboundNodes: [],
  };
}

interface OrderedLayer {
  readonly layer: RawLayer;
  readonly inbound: readonly string[];
}

/** Every layer behind those that it reads; a file that is in such an order keeps it (depth first, in file order). */
function inOrder(layers: readonly RawLayer[]): OrderedLayer[] {
  const all = new Map(
    layers.map((layer): [string, OrderedLayer] => [layer.name, { layer, inbound: inboundLayers(layer) }]),
  );
  const ordered = new Set<OrderedLayer>();
  const open = new Set<OrderedLayer>();
  for (const start of all.values()) {
    // A stack of our own: a file may be deeper than the call stack.
    const stack = [start];
    for (let current = stack.at(-1); current; current = stack.at(-1)) {
      open.add(current);
      const missing = current.inbound.map((name) => sourceOf(all, current!.layer, name)).find((s) => !ordered.has(s));
      if (!missing) {
        ordered.add(current);
        open.delete(current);
        stack.pop();
      } else if (open.has(missing)) {
        throw invalid(`expected a graph without cycles, got one through layer '${missing.layer.name}'`);
      } else stack.push(missing);
    }
  }
  return [...ordered];
}

function sourceOf(all: ReadonlyMap<string, OrderedLayer>, reader: RawLayer, name: string): OrderedLayer {
  const source = all.get(name);
  if (!source) throw invalid(`layer '${reader.name}': expected an input among the model's layers, got '${name}'`);
  return source;
}

const severalInputs = (name: string): EngineError =>
  new EngineError("unsupported-layer", `expected a model with one input, got a second one at layer '${name}'`);
const emptyModel = (name: string): EngineError =>
  invalid(`model '${name}': expected layers from its input to its output, got none`);
const invalid = (message: string): EngineError => new EngineError("invalid-file", `model.json: ${message}`);
