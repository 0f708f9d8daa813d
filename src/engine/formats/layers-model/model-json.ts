/**
 * The outer shell of a tfjs `model.json`: topology, weights manifest, metadata. Written alike by tfjs-layers and (with
 * the topology one level deeper, under `model_config`) by tensorflowjs_converter.
 */
import * as v from "valibot";
import { EngineError } from "../../core/errors";

const size = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31));

const weightSchema = v.object({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(500)),
  shape: v.pipe(v.array(size), v.maxLength(8)),
  dtype: v.string(),
  /** `model` or `optimizer`; the optimizer's are passed over. */
  group: v.optional(v.string()),
  quantization: v.optional(
    v.object({
      dtype: v.picklist(["uint8", "uint16", "float16"]),
      scale: v.optional(v.pipe(v.number(), v.finite())),
      min: v.optional(v.pipe(v.number(), v.finite())),
    }),
  ),
});
export type WeightSpec = v.InferOutput<typeof weightSchema>;

const groupSchema = v.object({
  /** Files beside model.json whose bytes, one after the other, hold the weights of this group. */
  paths: v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(500))), v.minLength(1), v.maxLength(10_000)),
  weights: v.pipe(v.array(weightSchema), v.maxLength(100_000)),
});
export type WeightGroup = v.InferOutput<typeof groupSchema>;

const shellSchema = v.object({
  format: v.optional(v.nullable(v.string())),
  modelTopology: v.record(v.string(), v.unknown()),
  weightsManifest: v.array(groupSchema),
  userDefinedMetadata: v.optional(v.unknown()),
});

export interface ModelJson {
  /** `{ class_name, config, ... }` */
  readonly topology: Readonly<Record<string, unknown>>;
  readonly groups: readonly WeightGroup[];
  readonly userMetadata: unknown;
  /** Major version of the Keras that wrote the file; 2 when it was tfjs, which speaks Keras 2. */
  readonly kerasMajor: number;
}

/** Whether a JSON value looks like a tfjs model at all, of either kind. */
export const isModelJson = (json: unknown): boolean =>
  typeof json === "object" && json !== null && "modelTopology" in json;

/** @throws EngineError `invalid-file` naming the field, `unknown-format` for a GraphModel */
export function parseModelJson(json: unknown): ModelJson {
  if (typeof json === "object" && json !== null && "format" in json && json.format === "graph-model") {
    throw new EngineError(
      "unknown-format",
      "model.json: expected a LayersModel, got a GraphModel, whose layers are lost; convert the Keras model with " +
        "--output_format tfjs_layers_model",
    );
  }
  const result = v.safeParse(shellSchema, json);
  if (!result.success) {
    const [issue] = result.issues;
    const field = v.getDotPath(issue) ?? "(root)";
    throw new EngineError("invalid-file", `model.json, field ${field}: ${issue.message.toLowerCase()}`, {
      details: { field },
    });
  }
  const { modelTopology, weightsManifest, userDefinedMetadata } = result.output;
  const inner = modelTopology.model_config;
  const topology = isRecord(inner) ? inner : modelTopology;
  const version = modelTopology.keras_version ?? topology.keras_version;
  const kerasMajor = typeof version === "string" && /^\d+\./.test(version) ? Number.parseInt(version, 10) : 2;
  return { topology, groups: weightsManifest, userMetadata: userDefinedMetadata, kerasMajor };
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
