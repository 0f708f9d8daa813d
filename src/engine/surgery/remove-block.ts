/**
 * Whole residual blocks: `y = F(x) + x`. Without F the addition gives x, so whatever read it reads x instead. That is
 * possible only where the skip is the identity; where it projects to another shape the block is needed.
 */
import { EngineError } from "../core/errors";
import { consumersOf, type Network, parametersOf } from "../core/network";
import type { Snapshot } from "../core/snapshot";
import { nodeOfEdge } from "../quantizers/edges";

export interface ResidualBlock {
  /** Id of the addition; names the block. */
  readonly id: string;
  /** The node that gives x. */
  readonly skip: string;
  /** The node that gives F(x). */
  readonly branch: string;
  /** The nodes of F, in order. */
  readonly nodes: readonly string[];
}

/** The blocks of a network with an identity as skip, in order; nothing outside a block reads what is inside its branch. */
export function residualBlocks(network: Network): ResidualBlock[] {
  const nodes = new Map(network.nodes.map((node) => [node.id, node]));
  const consumers = consumersOf(network);
  /** The nodes between `skip` and `branch`, or undefined where the branch does not come from the skip alone. */
  const between = (skip: string, branch: string, add: string): string[] | undefined => {
    const inside = new Set<string>();
    const queue = [branch];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (id === skip || inside.has(id)) continue;
      const { inputs } = nodes.get(id)!;
      if (inputs.length === 0 || id === network.output) return undefined;
      inside.add(id);
      queue.push(...inputs);
    }
    const closed = [...inside].every((id) =>
      consumers.get(id)!.every((reader) => inside.has(reader.id) || reader.id === add),
    );
    if (inside.size === 0 || !closed) return undefined;
    return network.nodes.filter(({ id }) => inside.has(id)).map(({ id }) => id);
  };
  return network.nodes.flatMap((node): ResidualBlock[] => {
    if (node.op !== "add" || node.inputs.length !== 2 || node.id === network.output) return [];
    const [a, b] = node.inputs as [string, string];
    for (const [skip, branch] of [
      [a, b],
      [b, a],
    ] as const) {
      const inner = between(skip, branch, node.id);
      if (inner) return [{ id: node.id, skip, branch, nodes: inner }];
    }
    return [];
  });
}

/**
 * The snapshot without a block. Where F(x) is zero everywhere the logits stay the same to the bit.
 * @param id of the block's addition
 * @throws EngineError `not-prunable` where that is no block with an identity as skip
 */
export function removeBlock(snapshot: Snapshot, id: string): Snapshot {
  const { network } = snapshot;
  const blocks = residualBlocks(network);
  const block = blocks.find((b) => b.id === id);
  if (!block) {
    const known = blocks.map((b) => `'${b.id}'`).join(", ") || "there is none";
    throw new EngineError(
      "not-prunable",
      `expected the addition of a residual block whose skip is an identity (${known}), got '${id}'`,
      { details: { layer: id } },
    );
  }
  const gone = new Set([...block.nodes, id]);
  const all = new Set(network.nodes.map((node) => node.id));
  const rename = (input: string) => (input === id ? block.skip : input);
  const nodes = network.nodes
    .filter((node) => !gone.has(node.id))
    .map((node) => (node.inputs.includes(id) ? { ...node, inputs: node.inputs.map(rename) } : node));
  const smaller = { ...network, nodes };
  const names = new Set(parametersOf(smaller).map(({ name }) => name));
  return {
    ...snapshot,
    network: smaller,
    values: new Map([...snapshot.values].filter(([name]) => names.has(name))),
    states: new Map([...snapshot.states].filter(([name]) => names.has(name))),
    activations: new Map([...snapshot.activations].filter(([edge]) => !gone.has(nodeOfEdge(edge, all)))),
  };
}
