/**
 * What a removed channel leaves behind. Its layer gives 0 at every position; an activation may make another constant of
 * that (a sigmoid 0.5), an add may sum such constants. Whoever reads the channel must take the constant into its bias.
 */
import { roundHalfEven } from "../core/effective";
import type { Network } from "../core/network";
import type { ActivationQuantizer } from "../core/snapshot";
import { operationOf } from "../ops/registry";
import { elementIndex, forEachInputElement } from "./elements";

/**
 * Node id -> for each output channel what it holds, at every position, once its unit is removed; NaN where that is
 * not one constant. `activations` are the snapshot's quantizers of node outputs: they act on the constants too.
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
    forEachInputElement(node, elements, (output, input) => (inputs[output - first] ??= []).push(all[input]!));
    const quantizer = activations.get(node.id);
    for (let c = 0; c < inputs.length; c++) {
      const value = operation.removedValue(node.attrs, inputs[c]!) ?? NaN;
      all[first + c] = quantizer ? fakeQuantized(value, quantizer) : value;
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

/** `(q - Z) * S` with `q = clamp(round(x / S) + Z, 0, 2^bits - 1)`; NaN stays NaN. */
function fakeQuantized(x: number, { bits, scale, zeroPoint }: ActivationQuantizer): number {
  const q = roundHalfEven(Math.fround(Math.fround(x) / Math.fround(scale))) + zeroPoint;
  return Math.fround((Math.max(0, Math.min(2 ** bits - 1, q)) - zeroPoint) * Math.fround(scale));
}
