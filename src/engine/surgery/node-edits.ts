/** Rewriting one node of a graph. Nodes are values: every function returns a new one. */
import {
  type Node,
  type ParameterRole,
  type ParameterSpec,
  parameterName,
  parameterRoles,
  type Shape,
} from "../core/network";
import { operationOf } from "../ops/registry";

/**
 * The node with the parameter specs that its operation asks for on inputs of these shapes.
 * @throws EngineError `shape-mismatch`
 */
export function withParameterSpecs(node: Node, inputs: readonly Shape[]): Node {
  const layouts = operationOf(node).parameters(node.attrs, inputs);
  const params: Partial<Record<ParameterRole, ParameterSpec>> = {};
  for (const role of parameterRoles) {
    const layout = layouts[role];
    const mark = node.params[role]?.frozen ? ({ frozen: true } as const) : {};
    if (layout) params[role] = { name: parameterName(node.id, role), shape: layout.shape, ...mark };
  }
  return { ...node, params };
}

/** Operations with a kernel and, if `useBias`, a bias for each output channel. */
export type WeightedNode = Extract<Node, { attrs: { readonly useBias: boolean } }>;

export const isWeighted = (node: Node): node is WeightedNode => "useBias" in node.attrs;

/** The node with a bias; its parameter specs are stale until `withParameterSpecs`. */
export const withBias = (node: WeightedNode): WeightedNode =>
  ({ ...node, attrs: { ...node.attrs, useBias: true } }) as WeightedNode;
