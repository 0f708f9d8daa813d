/**
 * A network from JSON that nobody vouches for. Rebuilt field by field: what comes back has known operations, attributes
 * in range, layers in topological order, and exactly the parameters that its operations ask for.
 */
import * as v from "valibot";
import { EngineError } from "../core/errors";
import {
  activationKinds,
  type Network,
  type Node,
  type OpAttrs,
  type OpName,
  parameterName,
  parameterRoles,
  type ParameterRole,
  type ParameterSpec,
  type Shape,
  sizeOfShape,
} from "../core/network";
import { operationOf, operations } from "./registry";

/** Bounds that no real network meets, so that a small file cannot ask for a large computer. */
export const networkLimits = {
  layers: 10_000,
  /** Of one layer's input list. */
  inputs: 1_000,
  /** Values of one layer's output, of one parameter, and parameters in all. */
  values: 2 ** 28,
  /** Of a window, a stride, a padding. */
  extent: 65_536,
  rank: 6,
  nameLength: 500,
} as const;

const within = (low: number, high: number, kind: "an integer" | "a number") =>
  v.custom<number>(
    (x) => typeof x === "number" && x >= low && x <= high && (kind === "a number" || Number.isInteger(x)),
    `${kind} in [${low}, ${high}]`,
  );

const size = within(1, networkLimits.values, "an integer");
const extent = within(1, networkLimits.extent, "an integer");
const margin = within(0, networkLimits.extent, "an integer");
const pair = v.strictTuple([extent, extent]);
const shape = v.pipe(v.array(size), v.minLength(1), v.maxLength(networkLimits.rank));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(networkLimits.nameLength));
const window = { strides: pair, padding: v.picklist(["same", "valid"]) };
const none = v.strictObject({}) as v.GenericSchema<unknown, Record<string, never>>;

/** One schema for each operation; a missing or surplus one does not compile. */
const attrSchemas: { readonly [Op in OpName]: v.GenericSchema<unknown, OpAttrs[Op]> } = {
  input: v.strictObject({ shape }),
  conv2d: v.strictObject({ ...window, filters: size, kernelSize: pair, dilation: pair, useBias: v.boolean() }),
  "depthwise-conv2d": v.strictObject({ ...window, kernelSize: pair, multiplier: size, useBias: v.boolean() }),
  dense: v.strictObject({ units: size, useBias: v.boolean() }),
  "batch-norm": v.strictObject({ epsilon: within(0, 1e6, "a number"), momentum: within(0, 1, "a number") }),
  activation: v.strictObject({
    kind: v.picklist(activationKinds),
    alpha: v.optional(within(-1e6, 1e6, "a number")),
  }),
  "max-pool": v.strictObject({ ...window, poolSize: pair }),
  "avg-pool": v.strictObject({ ...window, poolSize: pair }),
  "global-avg-pool": none,
  "global-max-pool": none,
  add: none,
  multiply: none,
  concat: none,
  flatten: none,
  reshape: v.strictObject({ shape }),
  "zero-pad": v.strictObject({ top: margin, bottom: margin, left: margin, right: margin }),
  upsample: v.strictObject({ size: pair }),
  // Below 1: nothing would be left to scale up.
  dropout: v.strictObject({ rate: within(0, 0.999_999, "a number") }),
};

const opNames = Object.keys(operations) as OpName[];
const roles = new Set<string>(parameterRoles);

const nodeSchema = v.strictObject({
  id: name,
  op: v.picklist(opNames),
  inputs: v.pipe(v.array(name), v.maxLength(networkLimits.inputs)),
  attrs: v.unknown(),
  params: v.unknown(),
});

const paramsSchema = v.record(
  v.custom<ParameterRole>((key) => roles.has(key as string), `one of ${parameterRoles.join(", ")}`),
  v.strictObject({ name, shape, frozen: v.exactOptional(v.literal(true)) }),
);

const networkSchema = v.strictObject({
  name: v.pipe(v.string(), v.maxLength(networkLimits.nameLength)),
  nodes: v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(networkLimits.layers)),
  output: name,
  head: v.picklist(["softmax", "none"]),
});

const refuse = (where: string, problem: string) => new EngineError("invalid-file", `${where}: ${problem}`);

/** @throws EngineError `invalid-file`: `layer 'conv1': attrs.strides.0 must be an integer in [1, 65536], got 0` */
function parse<Out>(schema: v.GenericSchema<unknown, Out>, value: unknown, where: string, field = ""): Out {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = [field, ...(issue.path ?? []).map(({ key }) => String(key))].filter((part) => part !== "").join(".");
  const wanted = issue.type === "custom" ? issue.message : (issue.expected ?? issue.message);
  throw refuse(where, `${path ? `${path} must be` : "expected"} ${wanted}, got ${issue.received.slice(0, 80)}`);
}

/**
 * @param value parsed JSON
 * @returns a network with its fields in one order, whatever theirs was
 * @throws EngineError `invalid-file` naming the layer and the field
 */
export function parseNetwork(value: unknown): Network {
  const outer = parse(networkSchema, value, "network");
  const shapes = new Map<string, Shape>();
  let parameters = 0;
  const nodes = outer.nodes.map((json, index) => {
    const node = parseNode(json, index, shapes);
    for (const spec of Object.values(node.params)) parameters += sizeOfShape(spec.shape);
    if (parameters > networkLimits.values) {
      throw refuse(
        `layer '${node.id}'`,
        `expected at most ${networkLimits.values} parameters in all, got ${parameters}`,
      );
    }
    return node;
  });
  if (!shapes.has(outer.output)) throw refuse("network", `output must be the id of a layer, got '${outer.output}'`);
  return { name: outer.name, nodes, output: outer.output, head: outer.head };
}

/** @param shapes of the layers before; this one's is added */
function parseNode(json: unknown, index: number, shapes: Map<string, Shape>): Node {
  const { id, op, inputs, attrs, params } = parse(nodeSchema, json, `layer ${index}`);
  const where = `layer '${id}'`;
  if (shapes.has(id)) throw refuse(where, "id must be unique, got it twice");
  if ((op === "input") !== (index === 0)) {
    throw refuse(where, `the first layer, and no other, must be the input, got '${op}' as number ${index}`);
  }
  if (op === "input" && inputs.length > 0) throw refuse(where, `inputs must be empty, got ${inputs.length}`);
  const inputShapes = inputs.map((input) => {
    const known = shapes.get(input);
    if (!known) throw refuse(where, `inputs must be ids of earlier layers, got '${input}'`);
    return known;
  });
  const base = {
    id,
    op,
    inputs,
    attrs: parse(attrSchemas[op] as v.GenericSchema<unknown, Node["attrs"]>, attrs, where, "attrs"),
  };
  const operation = operationOf({ ...base, params: {} } as Node);
  const checked = <T>(compute: () => T): T => {
    try {
      return compute();
    } catch (error) {
      throw error instanceof EngineError ? refuse(where, error.message) : error;
    }
  };
  const output = checked(() => operation.outputShape(base.attrs, inputShapes));
  checkShape(output, where, "output");
  shapes.set(id, output);

  const got = parse(paramsSchema, params, where, "params");
  const layouts = checked(() => operation.parameters(base.attrs, inputShapes));
  const specs: Partial<Record<ParameterRole, ParameterSpec>> = {};
  for (const role of parameterRoles) {
    const expected = layouts[role];
    const spec = got[role];
    if (!expected && !spec) continue;
    if (!expected || !spec) throw refuse(where, `params.${role} must be ${expected ? "there" : "absent"} for '${op}'`);
    checkShape(expected.shape, where, `params.${role}`);
    if (spec.name !== parameterName(id, role)) {
      throw refuse(where, `params.${role}.name must be '${parameterName(id, role)}', got '${spec.name}'`);
    }
    if (spec.shape.join() !== expected.shape.join()) {
      throw refuse(
        where,
        `params.${role}.shape must be [${expected.shape.join(", ")}], got [${spec.shape.join(", ")}]`,
      );
    }
    specs[role] = { name: spec.name, shape: spec.shape, ...(spec.frozen ? { frozen: true } : {}) };
  }
  return { ...base, params: specs } as Node;
}

/** A shape that the operation computed: whole, positive, and not beyond the limits. */
function checkShape(computed: Shape, where: string, field: string): void {
  const values = sizeOfShape(computed);
  if (!computed.every((d) => Number.isInteger(d) && d >= 1) || !(values <= networkLimits.values)) {
    throw refuse(where, `${field} must be of 1 to ${networkLimits.values} values, got [${computed.join(", ")}]`);
  }
}
