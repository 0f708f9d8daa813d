/**
 * A snapshot: a network, its parameter values, and the compression state of each parameter and activation.
 * A value like any other: nothing here is edited in place.
 */
import { EngineError } from "./errors";
import { type Network, parametersOf, sizeOfShape } from "./network";

/**
 * Kind -> data of a quantizer of weights: `{ kind, ...attributes, ...arrays }`, JSON but for its `Float32Array`s. Open:
 * each file in `quantizers/weights/` adds its own by declaration merging; what a kind does is there.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by the files of the kinds
export interface WeightQuantizers {}

export type ParameterQuantizer = WeightQuantizers[keyof WeightQuantizers];

export interface ParameterState {
  /** 1 keeps, 0 removes; length of the parameter. */
  readonly mask?: Uint8Array;
  /** Applied to the masked weights; what the mask removes is zero whatever the quantizer holds. */
  readonly quantizer?: ParameterQuantizer;
  /** 1 where a weight keeps its raw value for good: no update moves it, and its moments are 0. Length of the parameter. */
  readonly fixed?: Uint8Array;
}

/**
 * Kind -> data of a quantizer of activations, `{ kind, bits, ... }`, JSON throughout. Open as the one above: each file in
 * `quantizers/activations/` adds its own.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by the files of the kinds
export interface ActivationQuantizers {}

export type ActivationQuantizer = ActivationQuantizers[keyof ActivationQuantizers];

export interface Snapshot {
  readonly network: Network;
  /** Parameter name -> raw (latent) values, fp32, in the layout of its operation. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Parameter name -> state; absent means plain. */
  readonly states: ReadonlyMap<string, ParameterState>;
  /**
   * Edge -> quantizer: a node's id is its output, `reader:n` what that reader alone sees as its input number n
   * (`quantizers/edges.ts`).
   */
  readonly activations: ReadonlyMap<string, ActivationQuantizer>;
  /**
   * Node id -> numbers of its output channels: their places in a run when none had been cut out yet, so that a channel
   * is known again after others went. Nodes that are whole are absent, and so is all of it in a network that is. A file
   * holds none.
   */
  readonly channels?: ReadonlyMap<string, Uint32Array>;
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
