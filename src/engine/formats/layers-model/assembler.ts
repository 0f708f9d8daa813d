/**
 * Collects nodes and their values while a foreign model is read: shapes are inferred and every weight is compared with
 * what its operation needs, so that what comes out is a snapshot that runs.
 */
import { EngineError } from "../../core/errors";
import {
  type Node,
  type OpAttrs,
  type OpName,
  type ParameterRole,
  parameterRoles,
  type Shape,
  sizeOfShape,
} from "../../core/network";
import { inputShapes, operationOf } from "../../ops/registry";
import { withParameterSpecs } from "../../surgery/node-edits";
import type { Layer } from "./topology";
import type { WeightStore } from "./weight-store";

/** A Keras variable's name, or the constant that stands for one that the layer does without. */
export type WeightSource = string | number;

/** No activation of any model that can be run here is larger. */
const largestOutput = 2 ** 28;

export class Assembler {
  readonly nodes: Node[] = [];
  readonly values = new Map<string, Float32Array>();
  readonly #shapes = new Map<string, Shape>();
  /** Layer key -> the node whose output it is. */
  readonly #outputs = new Map<string, string>();

  constructor(readonly weights: WeightStore) {}

  /** The node that a layer's output comes from. */
  outputOf(key: string): string {
    return this.#outputs.get(key)!;
  }

  setOutput(key: string, node: string): void {
    this.#outputs.set(key, node);
  }

  shapeOf(node: string): Shape {
    return this.#shapes.get(node)!;
  }

  /**
   * @param suffix of the id for the second and later nodes of a layer
   * @throws EngineError `shape-mismatch`, or `invalid-file` for a missing weight, naming the layer
   */
  add<Op extends OpName>(
    layer: Layer,
    op: Op,
    inputs: readonly string[],
    attrs: OpAttrs[Op],
    params: Partial<Record<ParameterRole, WeightSource>> = {},
    suffix = "",
  ): string {
    let id = layer.key + suffix;
    for (let i = 1; this.#shapes.has(id); i++) id = `${layer.key}${suffix}_${i}`;
    const bare = { id, op, inputs, attrs, params: {} } as unknown as Node;
    const { node, shape } = this.#fitted(layer, bare);
    // Variables of the file before constants: what is allocated for a constant is then as long as one that is there.
    const byKind = [...parameterRoles].sort(
      (a, b) => Number(typeof params[a] === "number") - Number(typeof params[b] === "number"),
    );
    for (const role of byKind) {
      const spec = node.params[role];
      const source = params[role];
      if (!spec || source === undefined) continue;
      const values =
        typeof source === "number"
          ? new Float32Array(sizeOfShape(spec.shape)).fill(source)
          : this.#take(layer, source, spec.shape);
      this.values.set(spec.name, values);
    }
    this.nodes.push(node);
    this.#shapes.set(id, shape);
    return id;
  }

  #fitted(layer: Layer, bare: Node): { node: Node; shape: Shape } {
    try {
      const inputs = inputShapes(bare, this.#shapes);
      const shape = operationOf(bare).outputShape(bare.attrs, inputs);
      if (!(sizeOfShape(shape) <= largestOutput)) {
        throw new EngineError(
          "shape-mismatch",
          `expected an output of at most ${largestOutput} values, got [${shape.join(", ")}]`,
        );
      }
      return { node: withParameterSpecs(bare, inputs), shape };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      throw new EngineError(error.code, `${layer.config.label}: ${error.message}`, { details: { layer: layer.name } });
    }
  }

  #take(layer: Layer, variable: string, shape: Shape): Float32Array {
    const weight = this.weights.take(layer.name, layer.path, variable);
    if (!weight) {
      const left = this.weights.left();
      throw new EngineError(
        "invalid-file",
        `${layer.config.label}: expected a weight '${variable}' [${shape.join(", ")}], got none; ` +
          `weights without a layer: ${left.slice(0, 5).join(", ") || "none"}`,
        { details: { layer: layer.name, field: variable } },
      );
    }
    if (weight.shape.join() !== shape.join()) {
      throw new EngineError(
        "shape-mismatch",
        `${layer.config.label}: expected weight '${weight.name}' [${shape.join(", ")}], got [${weight.shape.join(", ")}]`,
        { details: { layer: layer.name, field: variable } },
      );
    }
    return weight.values;
  }
}
