/**
 * Before channels of a small scale are removed: what batch normalization's offset gives behind them goes into the biases
 * of the layers that read them (Liu et al. 2017, whose channels have gamma near 0). A channel of gamma 0 is the constant
 * beta; behind relu, relu(beta). Exact where every window of a reader sees the constant everywhere (1x1, valid padding,
 * dense); at borders that "same" padding fills with zeros it is an approximation.
 */
import { effectiveValues } from "../quantizers/effective";
import type { Node } from "../core/network";
import { type Snapshot, valuesOf } from "../core/snapshot";
import { inputShapes, operationOf } from "../ops/registry";
import { elementIndex, forEachInputElement } from "./elements";
import { planRemovals, type RemovalOptions, type Removals } from "./removal-plan";
import { shiftReaders } from "./remove-channels";

/** A snapshot of the same shapes, of which the removal computes what is left best. Same options as the removal. */
export function absorbOffsets(snapshot: Snapshot, removals: Removals, options: RemovalOptions = {}): Snapshot {
  const plan = planRemovals(snapshot.network, removals, options);
  return plan.units.size === 0 ? snapshot : shiftReaders(snapshot, plan, offsetConstants(snapshot));
}

/** Node id -> what each output channel is where its scale is 0; 0 where that is no one constant. */
function offsetConstants(snapshot: Snapshot): Map<string, Float64Array> {
  const { network } = snapshot;
  const elements = elementIndex(network);
  const all = new Float64Array(elements.total);
  const constants = new Map<string, Float64Array>();
  const sources = new Set<string>();
  for (const node of network.nodes) {
    const { first, count } = elements.of(node.id);
    if (operationOf(node).channels(node.attrs, inputShapes(node, elements.shapes)).kind === "source")
      sources.add(node.id);
    const inputs: number[][] = [];
    forEachInputElement(node, elements, (output, input) => (inputs[output - first] ??= []).push(all[input]!));
    for (let c = 0; c < inputs.length; c++) {
      const value = outputConstant(snapshot, node, c, inputs[c]!, sources.has(node.inputs[0]!));
      all[first + c] = Number.isFinite(value) ? value : 0;
    }
    constants.set(node.id, all.subarray(first, first + count));
  }
  return constants;
}

function outputConstant(snapshot: Snapshot, node: Node, c: number, inputs: readonly number[], scaled: boolean): number {
  const value = (role: "gamma" | "beta" | "movingMean" | "movingVariance") => {
    const { name } = node.params[role]!;
    return effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name))[c]!;
  };
  if (node.op === "batch-norm") {
    const x = inputs[0]!;
    const scale = value("gamma") / Math.sqrt(value("movingVariance") + node.attrs.epsilon);
    return scaled ? value("beta") : scale * (x - value("movingMean")) + value("beta");
  }
  if (node.op === "depthwise-conv2d") {
    const { name } = node.params.kernel!;
    const kernel = effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name));
    const channels = kernel.length / (node.attrs.kernelSize[0] * node.attrs.kernelSize[1]);
    let taps = 0;
    for (let i = c; i < kernel.length; i += channels) taps += kernel[i]!;
    const bias = node.params.bias;
    return (
      inputs[0]! * taps +
      (bias ? effectiveValues(valuesOf(snapshot, bias.name), snapshot.states.get(bias.name))[c]! : 0)
    );
  }
  return operationOf(node).removedValue(node.attrs, inputs) ?? 0;
}
