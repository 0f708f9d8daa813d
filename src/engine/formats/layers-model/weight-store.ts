/**
 * The weights of a model.json: shards to float arrays, dequantized, and found by the layer that they belong to. Sizes are
 * compared with what the shards hold before anything is allocated.
 */
import { EngineError } from "../../core/errors";
import { type Shape, sizeOfShape } from "../../core/network";
import { decodeFloat16 } from "../float16";
import type { WeightGroup, WeightSpec } from "./model-json";

export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float32Array;
}

const bytesPerValue = { float32: 4, uint8: 1, uint16: 2, float16: 2 } as const;
const storedAs = (spec: WeightSpec): keyof typeof bytesPerValue => spec.quantization?.dtype ?? "float32";
const storedBytes = (spec: WeightSpec): number => sizeOfShape(spec.shape) * bytesPerValue[storedAs(spec)];

/**
 * @param shards the bytes of `group.paths`, in order
 * @throws EngineError `truncated-file`, `invalid-file` naming the weight
 */
export function decodeGroup(group: WeightGroup, shards: readonly Uint8Array[]): Weight[] {
  const files =
    group.paths.length === 1 ? `'${group.paths[0]}'` : `'${group.paths[0]}' and ${group.paths.length - 1} more`;
  for (const { name, dtype } of group.weights) {
    if (dtype !== "float32") throw invalid(`weight '${name}': expected dtype float32, got '${dtype}'`);
  }
  const available = shards.reduce((sum, shard) => sum + shard.length, 0);
  let end = 0;
  for (const spec of group.weights) {
    end += storedBytes(spec);
    if (end > available) {
      throw new EngineError(
        "truncated-file",
        `${files}: expected ${end} bytes up to weight '${spec.name}' [${spec.shape.join(", ")}], got ${available}; ` +
          "the file is cut off, fetch it again",
      );
    }
  }
  if (end < available)
    throw invalid(`${files}: expected ${end} bytes for ${group.weights.length} weights, got ${available}`);

  const bytes = joined(shards, available);
  let offset = 0;
  return group.weights.map((spec) => {
    const length = storedBytes(spec);
    const values = decodeWeight(spec, bytes.slice(offset, offset + length).buffer);
    offset += length;
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw invalid(`weight '${spec.name}': expected finite values, got ${values[bad]} at index ${bad}`);
    return { name: spec.name, shape: spec.shape, values };
  });
}

function joined(shards: readonly Uint8Array[], size: number): Uint8Array {
  if (shards.length === 1) return shards[0]!;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const shard of shards) {
    bytes.set(shard, offset);
    offset += shard.length;
  }
  return bytes;
}

function decodeWeight({ name, quantization }: WeightSpec, buffer: ArrayBuffer): Float32Array {
  if (!quantization) return new Float32Array(buffer);
  if (quantization.dtype === "float16") return decodeFloat16(new Uint16Array(buffer));
  const { scale, min, dtype } = quantization;
  if (scale === undefined || min === undefined) {
    throw invalid(`weight '${name}': expected scale and min of its ${dtype} quantization, got neither or one`);
  }
  const codes = dtype === "uint8" ? new Uint8Array(buffer) : new Uint16Array(buffer);
  // tfjs: a product and a sum in double precision, then rounded to float32.
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = codes[i]! * scale + min;
  return values;
}

/** Hands out each weight once and knows what is left. */
export class WeightStore {
  readonly #byName = new Map<string, Weight>();
  readonly #left = new Set<string>();

  /** @throws EngineError `invalid-file` when two weights have one name */
  constructor(weights: readonly Weight[]) {
    for (const weight of weights) {
      const name = weight.name.replace(/:0$/, "");
      if (this.#byName.has(name)) throw invalid(`expected weights of different names, got '${weight.name}' twice`);
      this.#byName.set(name, weight);
      this.#left.add(name);
    }
  }

  /**
   * The weight `variable` of a layer. Writers differ in what stands around the layer's name: `conv/kernel`,
   * `model/conv/kernel`, `conv/conv/kernel`, `conv/kernel:0`.
   * @param path names of the models around the layer, outermost first
   * @returns undefined when there is none
   * @throws EngineError `invalid-file` when more than one fits
   */
  take(layer: string, path: readonly string[], variable: string): Weight | undefined {
    const name = this.#nameOf(layer, path, variable);
    if (name === undefined) return undefined;
    this.#left.delete(name);
    return this.#byName.get(name);
  }

  /** The shape of what `take` would give. */
  shapeOf(layer: string, path: readonly string[], variable: string): Shape | undefined {
    const name = this.#nameOf(layer, path, variable);
    return name === undefined ? undefined : this.#byName.get(name)?.shape;
  }

  #nameOf(layer: string, path: readonly string[], variable: string): string | undefined {
    const exact = [[...path, layer, variable].join("/"), `${layer}/${variable}`].find((name) => this.#left.has(name));
    return exact ?? this.#search(layer, path, variable);
  }

  #search(layer: string, path: readonly string[], variable: string): string | undefined {
    const fits = (name: string) => {
      const parts = name.split("/");
      return (
        parts.at(-1) === variable && (parts.slice(0, -1).includes(layer) || name.endsWith(`/${layer}/${variable}`))
      );
    };
    let names = [...this.#left].filter(fits);
    const model = path.at(-1);
    if (names.length > 1 && model !== undefined) names = names.filter((name) => name.split("/").includes(model));
    if (names.length > 1) {
      throw invalid(`layer '${layer}': expected one weight '${variable}', got ${names.slice(0, 5).join(", ")}`);
    }
    return names[0];
  }

  /** Names that no layer took. */
  left(): string[] {
    return [...this.#left];
  }
}

const invalid = (message: string): EngineError => new EngineError("invalid-file", message);
