/**
 * What a removed channel leaves behind. Its layer gives 0 at every position; an activation may make another constant of
 * that (a sigmoid 0.5), an add may sum such constants. Whoever reads the channel must take the constant into its bias.
 */
import type { Network } from "../core/network";
import type { ActivationQuantizer } from "../core/snapshot";
import { operationOf } from "../ops/registry";
import { activationKindOf } from "../quantizers/activations/registry";
import { inputEdge } from "../quantizers/edges";
import { elementIndex, forEachInputElement } from "./elements";

/** What a constant becomes on an edge; NaN stays NaN. */
export function quantizedConstant(
  activations: ReadonlyMap<string, ActivationQuantizer>,
  edge: string,
  value: number,
): number {
  const quantizer = activations.get(edge);
  return quantizer ? activationKindOf(quantizer).value(value, quantizer) : value;
}

/**
 * Node id -> for each output channel what it holds, at every position, once its unit is removed; NaN where that is
 * not one constant. `activations` are the snapshot's quantizers by edge: they act on the constants too.
 */
export function channelConstants(
  network: Network,
  activations: ReadonlyMap<string, ActivationQuantizer> = new Map(),
): Map<string, Float64Array> {
  const elements = elementIndex(network);
  const all = new Float64Array(elements.total);
  const constants = new Map<string, Float64Array>();
  for (const node of network.nodes) {
    const operation = operationOf(node);
    const { first, count } = elements.of(node.id);
    const inputs: number[][] = [];
    const through = (edge: string, value: number) => quantizedConstant(activations, edge, value);
    forEachInputElement(node, elements, (output, input, n) =>
      (inputs[output - first] ??= []).push(through(inputEdge(node.id, n), all[input]!)),
    );
    for (let c = 0; c < inputs.length; c++) {
      const value = operation.removedValue(node.attrs, inputs[c]!) ?? NaN;
      all[first + c] = through(node.id, value);
    }
    if (
      operation.channels(
        node.attrs,
        node.inputs.map((id) => elements.shapes.get(id)!),
      ).kind === "pinned"
    ) {
      all.fill(NaN, first, first + count);
    }
    constants.set(node.id, all.subarray(first, first + count));
  }
  return constants;
}
