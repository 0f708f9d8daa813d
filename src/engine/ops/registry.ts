/** Every operation the engine knows; a missing or surplus one does not compile. */
import type { Network, Node, OpName, Shape } from "../core/network";
import { EngineError } from "../core/errors";
import { activation } from "./activation";
import { batchNorm } from "./batch-norm";
import { conv2d } from "./conv2d";
import { dense } from "./dense";
import { depthwiseConv2d } from "./depthwise-conv2d";
import { multiply } from "./multiply";
import type { Operation } from "./operation";
import { avgPool, globalAvgPool, globalMaxPool, maxPool } from "./pooling";
import { add, concat, dropout, flatten, input, reshape, zeroPad } from "./structure";
import { upsample } from "./upsample";

export const operations: { readonly [Op in OpName]: Operation<Op> } = {
  input,
  conv2d,
  "depthwise-conv2d": depthwiseConv2d,
  dense,
  "batch-norm": batchNorm,
  activation,
  "max-pool": maxPool,
  "avg-pool": avgPool,
  "global-avg-pool": globalAvgPool,
  "global-max-pool": globalMaxPool,
  add,
  multiply,
  concat,
  flatten,
  reshape,
  "zero-pad": zeroPad,
  upsample,
  dropout,
};

/** The operation of a node, typed so that it takes that node's attributes. */
export const operationOf = (node: Node): Operation<OpName> => operations[node.op] as unknown as Operation<OpName>;

const shapeCache = new WeakMap<Network, ReadonlyMap<string, Shape>>();

/** Output shape (without batch) of every node. @throws EngineError `shape-mismatch` naming the node */
export function shapesOf(network: Network): ReadonlyMap<string, Shape> {
  const known = shapeCache.get(network);
  if (known) return known;
  const shapes = new Map<string, Shape>();
  for (const node of network.nodes) {
    const inputs = inputShapes(node, shapes);
    try {
      shapes.set(node.id, operationOf(node).outputShape(node.attrs, inputs));
    } catch (error) {
      if (error instanceof EngineError) throw new EngineError(error.code, `layer '${node.id}': ${error.message}`);
      throw error;
    }
  }
  shapeCache.set(network, shapes);
  return shapes;
}

export function inputShapes(node: Node, shapes: ReadonlyMap<string, Shape>): Shape[] {
  return node.inputs.map((id) => {
    const shape = shapes.get(id);
    if (!shape)
      throw new EngineError("shape-mismatch", `layer '${node.id}': expected an earlier layer as input, got '${id}'`);
    return shape;
  });
}
