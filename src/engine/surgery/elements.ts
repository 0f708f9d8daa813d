/** Numbers every channel of every node's output, and says from which input channels each of them comes. */
import type { Network, Node, Shape } from "../core/network";
import { inputShapes, operationOf, shapesOf } from "../ops/registry";

export interface ElementIndex {
  readonly total: number;
  readonly shapes: ReadonlyMap<string, Shape>;
  /** The elements of a node's output channels: `first .. first + count - 1`. */
  of(nodeId: string): { readonly first: number; readonly count: number };
}

export function elementIndex(network: Network): ElementIndex {
  const shapes = shapesOf(network);
  const ranges = new Map<string, { first: number; count: number }>();
  let total = 0;
  for (const { id } of network.nodes) {
    const count = shapes.get(id)!.at(-1)!;
    ranges.set(id, { first: total, count });
    total += count;
  }
  return { total, shapes, of: (id) => ranges.get(id)! };
}

/**
 * Calls `visit(output element, input element, input number)` for every channel of the node that is made of input
 * channels: in the order of the outputs, and of the inputs of one output. Sources and pinned operations have none.
 */
export function forEachInputElement(
  node: Node,
  elements: ElementIndex,
  visit: (output: number, input: number, inputNumber: number) => void,
): void {
  const flow = operationOf(node).channels(node.attrs, inputShapes(node, elements.shapes));
  const { first, count } = elements.of(node.id);
  const inputs = node.inputs.map((id) => elements.of(id));
  switch (flow.kind) {
    case "source":
    case "pinned":
      return;
    case "same":
    case "merge":
      for (let c = 0; c < count; c++) inputs.forEach((input, i) => visit(first + c, input.first + c, i));
      return;
    case "concat": {
      let offset = first;
      inputs.forEach((input, i) => {
        for (let c = 0; c < input.count; c++) visit(offset + c, input.first + c, i);
        offset += input.count;
      });
      return;
    }
    case "repeat":
      for (let c = 0; c < count; c++) visit(first + c, inputs[0]!.first + Math.floor(c / flow.times), 0);
      return;
    case "spread":
      for (let c = 0; c < count; c++) visit(first + c, inputs[0]!.first + (c % inputs[0]!.count), 0);
      return;
  }
}
