/**
 * A snapshot: a network, its parameter values, and the compression state of each parameter and activation.
 * A value like any other: nothing here is edited in place.
 */
import { EngineError } from "./errors";
import { type Network, parametersOf, sizeOfShape } from "./network";

/**
 * Symmetric uniform quantizer of a parameter: `q = clamp(round(w / s), -L, L)`, `L = 2^(bits-1) - 1`, value `q * s`;
 * bits 2..8; rounding half to even. There is one scale (granularity `tensor`) or one for each output channel
 * (the fastest axis of a kernel; `c * multiplier + m` of a depthwise one).
 */
export interface UniformQuantizer {
  readonly kind: "uniform";
  readonly bits: number;
  readonly granularity: "tensor" | "channel";
  /** Clip of each scale group as a fraction of its largest |w|, in (0, 1]; as many as there are scales. */
  readonly clips: Float32Array;
  /**
   * > 0, fp32. `clip * max|w| / L` of the values they were made for (`refreshScales`); training computes them afresh
   * at every step, and a snapshot read from a file keeps the file's.
   */
  readonly scales: Float32Array;
}

/** At most `values.length` distinct values; the nearest one (ties: the smaller index) stands for a weight. */
export interface CodebookQuantizer {
  readonly kind: "codebook";
  readonly values: Float32Array;
}

export type ParameterQuantizer = UniformQuantizer | CodebookQuantizer;

export interface ParameterState {
  /** 1 keeps, 0 removes; length of the parameter. */
  readonly mask?: Uint8Array;
  /** Applied to the masked weights. Zero always stays zero. */
  readonly quantizer?: ParameterQuantizer;
}

/** Affine quantizer of a node's output: `q = clamp(round(x / S) + Z, 0, 2^bits - 1)`, value `(q - Z) * S`. */
export interface ActivationQuantizer {
  readonly bits: number;
  /** > 0 */
  readonly scale: number;
  /** Integer in [0, 2^bits - 1]: real 0 is exact. */
  readonly zeroPoint: number;
}

export interface Snapshot {
  readonly network: Network;
  /** Parameter name -> raw (latent) values, fp32, in the layout of its operation. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Parameter name -> state; absent means plain. */
  readonly states: ReadonlyMap<string, ParameterState>;
  /** Node id -> quantizer of its output. */
  readonly activations: ReadonlyMap<string, ActivationQuantizer>;
}

export const plainSnapshot = (network: Network, values: ReadonlyMap<string, Float32Array>): Snapshot => ({
  network,
  values,
  states: new Map(),
  activations: new Map(),
});

/** @throws EngineError `shape-mismatch` when the parameter is missing */
export function valuesOf(snapshot: Snapshot, name: string): Float32Array {
  const values = snapshot.values.get(name);
  if (!values) throw new EngineError("shape-mismatch", `expected values of parameter '${name}', got none`);
  return values;
}

/** Every parameter present, of its shape's size, and finite. @throws EngineError */
export function checkSnapshot(snapshot: Snapshot): void {
  for (const { name, shape } of parametersOf(snapshot.network)) {
    const values = valuesOf(snapshot, name);
    if (values.length !== sizeOfShape(shape)) {
      throw new EngineError(
        "shape-mismatch",
        `expected ${sizeOfShape(shape)} values of '${name}' (shape [${shape.join(", ")}]), got ${values.length}`,
      );
    }
    const bad = values.findIndex((v) => !Number.isFinite(v));
    if (bad >= 0) {
      throw new EngineError("invalid-file", `expected finite values in '${name}', got ${values[bad]} at index ${bad}`);
    }
  }
}
