/**
 * The parameter language of blocks: what a form is made from and what untrusted values are checked against. Light: the
 * page loads it. Units and ranges are part of the schema; the words are in `words.ts` beside each block.
 */
import { EngineError } from "../core/errors";

/** What a parameter's value may be in a document. */
export type ParamValue =
  | number
  | string
  | boolean
  | readonly number[]
  | readonly string[]
  | readonly (readonly [student: string, teacher: string])[];

/** Why a parameter makes no difference; in words under `why_<reason>` of the page's catalogue. */
export type IdleReason = "schedule" | "growth" | "percentile" | "activations" | "momentum" | "aim" | "rule";

/** The parameter makes no difference while another one of the block has one of the values `is`, or none of `unless`. */
export interface IdleRule {
  readonly when: string;
  readonly is?: readonly (number | string | boolean)[];
  readonly unless?: readonly (number | string | boolean)[];
  readonly why: IdleReason;
}

/** Rules between parameters are data of the parameter that they are about; `validate` and forms read them. */
interface Ruled {
  /** The first that applies is said. */
  readonly idle?: readonly IdleRule[];
}

export interface NumberParam extends Ruled {
  readonly type: "number";
  /** Both ends allowed. */
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** One value outside the range that turns the thing off. */
  readonly off?: number;
  /** Of a slider. */
  readonly step: number;
  readonly integer: boolean;
  readonly unit: "fraction" | "bits" | "steps" | "rounds" | "images" | "percentile" | "rate" | "temperature" | "none";
  /** How a slider spreads the range. */
  readonly scale: "linear" | "log";
  /** Of bits: up to `needsTraining` much is lost unless something trains afterwards; up to `coarse` soft labels are flatter than such a network can follow. */
  readonly few?: { readonly needsTraining: number; readonly coarse: number };
  /** Of a temperature: from here on labels are too flat for a network of `coarse` bits; `mild` is not. */
  readonly flat?: { readonly from: number; readonly mild: number };
}

export interface ChoiceParam<T extends string = string> extends Ruled {
  readonly type: "choice";
  readonly options: readonly T[];
  readonly default: T;
  /** Any other option needs a clip with length. */
  readonly ofInstants?: T;
}

export interface SwitchParam extends Ruled {
  readonly type: "switch";
  readonly default: boolean;
}

/** Numbers in an order, or a set of them: ascending and each once, such as widths that a search may choose from. */
export interface NumbersParam extends Ruled {
  readonly type: "numbers";
  readonly set: boolean;
  /** Of each number, both ends allowed. */
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  readonly unit: NumberParam["unit"];
  /** How many there may be. */
  readonly least: number;
  readonly most: number;
  readonly default: readonly number[];
}

/** Layers of the network by their node ids, each once. Whether there is such a layer is known when the clip begins. */
export interface LayersParam extends Ruled {
  readonly type: "layers";
  readonly least: number;
  readonly most: number;
  readonly default: readonly string[];
}

/** Layers of student and teacher that belong together, by node ids. */
export interface LayerPairsParam extends Ruled {
  readonly type: "layer-pairs";
  readonly least: number;
  readonly most: number;
  readonly default: readonly (readonly [student: string, teacher: string])[];
}

export const networkOrigins = ["original", "after", "zoo", "build", "file"] as const;
export type NetworkOrigin = (typeof networkOrigins)[number];

/** A network by reference: `original`, `after:<clip>`, `zoo:<id>`, `build:<name>` or `file:<path>`. */
export interface NetworkParam extends Ruled {
  readonly type: "network";
  /** Those that the block takes. */
  readonly origins: readonly NetworkOrigin[];
  readonly default: string;
}

export type Param =
  NumberParam | ChoiceParam | SwitchParam | NumbersParam | LayersParam | LayerPairsParam | NetworkParam;
export type ParamSchema = Readonly<Record<string, Param>>;

type ValueOf<P extends Param> = P extends { readonly type: "choice"; readonly options: readonly (infer T)[] }
  ? T
  : P extends { readonly type: "number" }
    ? number
    : P["default"];

export type ParamsOf<S extends ParamSchema> = { readonly [K in keyof S]: ValueOf<S[K]> };

type NumberSpec = Pick<NumberParam, "min" | "max" | "default"> & Partial<NumberParam>;

export const number = (spec: NumberSpec): NumberParam => ({
  type: "number",
  integer: false,
  unit: "none",
  scale: "linear",
  step: spec.integer ? 1 : 0.01,
  ...spec,
});

export const choice = <const T extends string>(
  options: readonly T[],
  initial: NoInfer<T>,
  rules: Pick<ChoiceParam<NoInfer<T>>, "idle" | "ofInstants"> = {},
): ChoiceParam<T> => ({ type: "choice", options, default: initial, ...rules });

export const toggle = (initial: boolean, rules: Ruled = {}): SwitchParam => ({
  type: "switch",
  default: initial,
  ...rules,
});

type NumbersSpec = Pick<NumbersParam, "min" | "max" | "default"> & Partial<NumbersParam>;

/** At least 1 and at most 100 numbers unless told otherwise. */
export const numbers = (spec: NumbersSpec): NumbersParam => ({
  type: "numbers",
  set: false,
  integer: false,
  unit: "none",
  least: 1,
  most: 100,
  ...spec,
});

/** At most 1,000 unless told otherwise. */
export const layers = (spec: Partial<Omit<LayersParam, "type">> = {}): LayersParam => ({
  type: "layers",
  least: 0,
  most: 1000,
  default: [],
  ...spec,
});

/** At most 100 unless told otherwise. */
export const layerPairs = (spec: Partial<Omit<LayerPairsParam, "type">> = {}): LayerPairsParam => ({
  type: "layer-pairs",
  least: 0,
  most: 100,
  default: [],
  ...spec,
});

export const network = (origins: readonly NetworkOrigin[], initial: string, rules: Ruled = {}): NetworkParam => ({
  type: "network",
  origins,
  default: initial,
  ...rules,
});

const shownValue = (value: unknown): string =>
  typeof value === "string" ? `'${value}'` : typeof value === "object" ? JSON.stringify(value) : String(value);

function numberProblem(name: string, param: Pick<NumberParam, "min" | "max" | "off" | "integer">, value: unknown) {
  if (param.off !== undefined && value === param.off) return undefined;
  if (typeof value !== "number" || !(value >= param.min && value <= param.max)) {
    const off = param.off === undefined ? "" : `, or ${param.off} for off`;
    return `${name} must be in [${param.min}, ${param.max}]${off}, got ${shownValue(value)}`;
  }
  return param.integer && !Number.isInteger(value) ? `${name} must be a whole number, got ${value}` : undefined;
}

/** A list of `least` to `most` entries, none of which `problem` finds fault with. */
function listProblem(
  name: string,
  { least, most }: { readonly least: number; readonly most: number },
  value: unknown,
  problem: (entry: unknown, at: string) => string | undefined,
): string | undefined {
  if (!Array.isArray(value)) return `${name} must be a list, got ${shownValue(value)}`;
  if (value.length < least || value.length > most) {
    return `${name} must have ${least} to ${most} entries, got ${value.length}`;
  }
  return value.map((entry, i) => problem(entry, `${name}[${i}]`)).find((found) => found !== undefined);
}

const isLayer = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= 200;

const layerProblem = (value: unknown, at: string): string | undefined =>
  isLayer(value) ? undefined : `${at} must be the id of a layer, got ${shownValue(value)}`;

const pairProblem = (value: unknown, at: string): string | undefined =>
  Array.isArray(value) && value.length === 2 && value.every(isLayer)
    ? undefined
    : `${at} must be two layers [student, teacher], got ${shownValue(value)}`;

const twice = (values: readonly unknown[]): unknown => values.find((value, i) => values.indexOf(value) !== i);

/** The part of a reference that says where the network comes from; undefined where it is no reference. */
export function networkOriginOf(reference: string): NetworkOrigin | undefined {
  if (reference === "original") return "original";
  const colon = reference.indexOf(":");
  const source = networkOrigins.find((known) => known !== "original" && known === reference.slice(0, colon));
  return colon > 0 && colon < reference.length - 1 && reference.length <= 1000 ? source : undefined;
}

/** What is wrong with one value, or undefined. */
export function paramProblem(name: string, param: Param, value: unknown): string | undefined {
  switch (param.type) {
    case "number":
      return numberProblem(name, param, value);
    case "choice": {
      const known = typeof value === "string" && param.options.includes(value);
      return known ? undefined : `${name} must be one of ${param.options.join(", ")}, got ${shownValue(value)}`;
    }
    case "switch":
      return typeof value === "boolean" ? undefined : `${name} must be true or false, got ${shownValue(value)}`;
    case "numbers": {
      const problem = listProblem(name, param, value, (entry, at) => numberProblem(at, param, entry));
      if (problem !== undefined || !param.set) return problem;
      const ascending = (value as number[]).every((entry, i, all) => i === 0 || entry > all[i - 1]!);
      return ascending ? undefined : `${name} must ascend, each number once, got ${shownValue(value)}`;
    }
    case "layers": {
      const again = Array.isArray(value) ? twice(value) : undefined;
      return (
        listProblem(name, param, value, layerProblem) ??
        (again === undefined ? undefined : `${name} must name each layer once, got ${shownValue(again)} twice`)
      );
    }
    case "layer-pairs":
      return listProblem(name, param, value, pairProblem);
    case "network": {
      const source = typeof value === "string" ? networkOriginOf(value) : undefined;
      return source && param.origins.includes(source)
        ? undefined
        : `${name} must be ${param.origins.map(sourceForm).join(", ")}, got ${shownValue(value)}`;
    }
  }
}

const sourceForm = (source: NetworkOrigin): string => (source === "original" ? source : `${source}:<name>`);

/** Why a parameter makes no difference, or undefined where it counts. @param values as written: what is left out has its default */
export function idleReason(
  name: string,
  schema: ParamSchema,
  values: Readonly<Record<string, unknown>>,
): IdleReason | undefined {
  return schema[name]?.idle?.find(({ when, is, unless }) => {
    const decides = schema[when];
    if (!decides) return false;
    const value = (values[when] ?? decides.default) as number | string | boolean;
    return is?.includes(value) === true || unless?.includes(value) === false;
  })?.why;
}

/**
 * Checks untrusted values (a saved file, a link) against a schema; missing ones take their default.
 * @throws EngineError `invalid-params` naming the parameter, what was expected and what came
 */
export function parseParams<S extends ParamSchema>(
  schema: S,
  raw: Readonly<Record<string, unknown>>,
  clipId?: string,
): ParamsOf<S> {
  const unknown = Object.keys(raw).find((key) => !Object.hasOwn(schema, key));
  if (unknown !== undefined) {
    throw new EngineError(
      "invalid-params",
      `expected parameters among ${Object.keys(schema).join(", ")}, got '${unknown}'`,
      {
        clipId,
        details: { parameter: unknown },
      },
    );
  }
  const out: Record<string, unknown> = {};
  for (const [key, param] of Object.entries(schema)) {
    const value = raw[key] ?? param.default;
    const problem = paramProblem(key, param, value);
    if (problem) throw new EngineError("invalid-params", problem, { clipId, details: { parameter: key } });
    out[key] = value;
  }
  return out as ParamsOf<S>;
}
