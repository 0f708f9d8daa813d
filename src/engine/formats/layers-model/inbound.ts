/**
 * Which layers a layer reads. Keras 2 and tfjs write `inbound_nodes: [[[name, node, tensor, kwargs], ...]]`, Keras 3
 * `[{ args: [... keras_history: [name, node, tensor] ...], kwargs }]`.
 */
import { EngineError } from "../../core/errors";
import { shown } from "./layer-config";
import { isRecord } from "./model-json";

interface LayerWithInbound {
  readonly name: string;
  readonly className: string;
  readonly inboundNodes: unknown;
}

/** Keyword arguments that change nothing here. */
const harmless = ["training", "mask"];
const deepestArguments = 6;

/**
 * Names of the layers read, in the order of the call.
 * @throws EngineError `unsupported-layer` for a layer that is used more than once (shared)
 */
export function inboundLayers({ name, className, inboundNodes }: LayerWithInbound): string[] {
  if (inboundNodes === undefined || inboundNodes === null) return [];
  if (!Array.isArray(inboundNodes)) throw malformed(name, inboundNodes);
  if (inboundNodes.length > 1) {
    throw new EngineError(
      "unsupported-layer",
      `layer '${name}' (${className}): expected a layer that is used once, got ${inboundNodes.length} uses (shared ` +
        "weights); give each use a layer of its own",
      { details: { layer: name, className, field: "inbound_nodes", value: inboundNodes.length } },
    );
  }
  const [call] = inboundNodes as readonly unknown[];
  if (call === undefined) return [];
  if (isRecord(call)) {
    refuseKeywords(name, className, call.kwargs);
    return historiesIn(call.args, 0).map((history) => referenced(name, history));
  }
  if (!Array.isArray(call)) throw malformed(name, call);
  const references: readonly unknown[] = typeof call[0] === "string" ? [call] : call;
  return references.map((reference) => {
    if (!Array.isArray(reference)) throw malformed(name, reference);
    refuseKeywords(name, className, reference[3]);
    return referenced(name, reference);
  });
}

/**
 * The one input or output of a functional model: `[[name, node, tensor]]`, or flat.
 * @throws EngineError `unsupported-layer` when there are several
 */
export function modelEnd(
  config: Readonly<Record<string, unknown>>,
  field: "input_layers" | "output_layers",
  model: string,
): string {
  const list = config[field];
  if (!Array.isArray(list) || list.length === 0) {
    throw new EngineError("invalid-file", `model '${model}', field ${field}: expected one layer, got ${shown(list)}`);
  }
  if (typeof list[0] === "string") return referenced(model, list);
  if (list.length > 1) {
    throw new EngineError(
      "unsupported-layer",
      `model '${model}', field ${field}: expected one layer, got ${list.length}; cut the model to one input and one output`,
      { details: { layer: model, field, value: list.length } },
    );
  }
  return referenced(model, list[0]);
}

/** Name out of `[name, node index, tensor index]`. A layer used once has one node, whatever its index is. */
function referenced(reader: string, reference: unknown): string {
  if (!Array.isArray(reference)) throw malformed(reader, reference);
  const [name, , tensor] = reference as readonly unknown[];
  if (typeof name !== "string" || (tensor !== undefined && tensor !== 0)) throw malformed(reader, reference);
  return name;
}

function refuseKeywords(name: string, className: string, keywords: unknown): void {
  if (!isRecord(keywords)) return;
  const other = Object.keys(keywords).find((key) => !harmless.includes(key));
  if (other === undefined) return;
  throw new EngineError(
    "unsupported-layer",
    `layer '${name}' (${className}): expected a call without arguments, got ${other} = ${shown(keywords[other])}; ` +
      "use a layer in place of the function",
    { details: { layer: name, className, field: other, value: shown(keywords[other]) } },
  );
}

function historiesIn(value: unknown, depth: number): unknown[] {
  if (depth > deepestArguments) return [];
  if (Array.isArray(value)) return value.flatMap((item) => historiesIn(item, depth + 1));
  if (!isRecord(value)) return [];
  if (isRecord(value.config) && value.config.keras_history !== undefined) return [value.config.keras_history];
  return [];
}

const malformed = (name: string, got: unknown): EngineError =>
  new EngineError(
    "invalid-file",
    `layer '${name}': expected a reference [layer, 0, 0] to its input, got ${shown(got)}`,
  );
