/**
 * The parameter language of blocks: what a form is made from and what untrusted values are checked against. Light: the
 * page loads it. Units and ranges are part of the schema; the words are in `words.ts` beside each block.
 */
import { EngineError } from "../core/errors";

export interface NumberParam {
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
}

export interface ChoiceParam<T extends string = string> {
  readonly type: "choice";
  readonly options: readonly T[];
  readonly default: T;
}

export type Param = NumberParam | ChoiceParam;
export type ParamSchema = Readonly<Record<string, Param>>;

export type ParamsOf<S extends ParamSchema> = {
  readonly [K in keyof S]: S[K] extends ChoiceParam<infer T> ? T : number;
};

type NumberSpec = Pick<NumberParam, "min" | "max" | "default"> & Partial<NumberParam>;

export const number = (spec: NumberSpec): NumberParam => ({
  type: "number",
  integer: false,
  unit: "none",
  scale: "linear",
  step: spec.integer ? 1 : 0.01,
  ...spec,
});

export const choice = <const T extends string>(options: readonly T[], initial: NoInfer<T>): ChoiceParam<T> => ({
  type: "choice",
  options,
  default: initial,
});

/** What is wrong with one value, or undefined. */
export function paramProblem(name: string, param: Param, value: unknown): string | undefined {
  const shown = typeof value === "string" ? `'${value}'` : String(value);
  if (param.type === "choice") {
    const known = typeof value === "string" && param.options.includes(value);
    return known ? undefined : `${name} must be one of ${param.options.join(", ")}, got ${shown}`;
  }
  if (param.off !== undefined && value === param.off) return undefined;
  if (typeof value !== "number" || !(value >= param.min && value <= param.max)) {
    const off = param.off === undefined ? "" : `, or ${param.off} for off`;
    return `${name} must be in [${param.min}, ${param.max}]${off}, got ${shown}`;
  }
  return param.integer && !Number.isInteger(value) ? `${name} must be a whole number, got ${shown}` : undefined;
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
