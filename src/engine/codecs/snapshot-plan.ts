/**
 * How a whole snapshot will be stored, and how many bytes that takes, before a byte is written. `encodeArtefact` writes
 * exactly this; `sizeOf` stands in for it while training.
 */
import { parametersOf, type ParameterEntry, type Shape } from "../core/network";
import { checkSnapshot, type Snapshot, valuesOf } from "../core/snapshot";
import { planActivations, type ActivationPlan } from "./activation-codec";
import { effectiveTensor } from "./effective-tensor";
import { bytesOfBits, bytesOfStreams, type StreamName, type StreamSize } from "./streams";
import { plannedWidths, widthSizes } from "./width-codec";
import { codecLabel, planTensor, type TensorFields, type TensorPlan } from "./tensor-codec";

export interface StreamBytes {
  readonly stream: StreamName;
  readonly bytes: number;
}

/** How one parameter is stored; what the studio and `inspect` show. */
export interface TensorBreakdown {
  readonly name: string;
  readonly shape: Shape;
  /** e.g. `relative index 4 b + 5-bit codes, Huffman` */
  readonly codec: string;
  readonly streams: readonly StreamBytes[];
  /** Sum of the streams. */
  readonly sizeBytes: number;
  /** Effective values that are not zero. */
  readonly nonZero: number;
  readonly count: number;
}

/** How the quantizers of activations are stored, all together. */
export interface ActivationBreakdown {
  readonly count: number;
  readonly streams: readonly StreamBytes[];
  readonly sizeBytes: number;
}

export interface SnapshotPlan {
  readonly tensors: readonly (TensorPlan & { readonly entry: ParameterEntry })[];
  readonly activations: ActivationPlan;
  /** Of kernels and edges, where each has its own; see `width-codec.ts`. */
  readonly widths: readonly number[];
  /** Sum of all streams: what the compression ratio divides by. */
  readonly sizeBytes: number;
}

/** @throws EngineError `shape-mismatch`, `invalid-file` or `invalid-params` for a snapshot that cannot be stored */
export function planSnapshot(snapshot: Snapshot): SnapshotPlan {
  checkSnapshot(snapshot);
  const tensors = parametersOf(snapshot.network).map((entry) => {
    const tensor = effectiveTensor(
      entry.name,
      valuesOf(snapshot, entry.name),
      snapshot.states.get(entry.name),
      entry.shape,
    );
    return { entry, ...planTensor(tensor) };
  });
  const activations = planActivations(snapshot.network, snapshot.activations);
  const widths = plannedWidths(snapshot);
  const besides = bytesOfStreams([...activations.sizes, ...widthSizes(widths)]);
  return { tensors, activations, widths, sizeBytes: tensors.reduce((sum, t) => sum + t.sizeBytes, besides) };
}

/** Exactly `encodeArtefact(snapshot).sizeBytes`, without writing the file. Batch norm counts where it is not folded. */
export const sizeOf = (snapshot: Snapshot): number => planSnapshot(snapshot).sizeBytes;

export const streamBytes = (sizes: readonly StreamSize[]): StreamBytes[] =>
  sizes.map(({ stream, bits }) => ({ stream, bytes: bytesOfBits(bits) }));

/** @param values effective ones */
export function tensorBreakdown(
  { name, shape }: ParameterEntry,
  fields: TensorFields,
  streams: readonly StreamBytes[],
  values: Float32Array,
): TensorBreakdown {
  let nonZero = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) nonZero++;
  return {
    name,
    shape,
    codec: codecLabel(fields, values.length),
    streams,
    sizeBytes: streams.reduce((sum, { bytes }) => sum + bytes, 0),
    nonZero,
    count: values.length,
  };
}

export const activationBreakdown = (count: number, streams: readonly StreamBytes[]): ActivationBreakdown => ({
  count,
  streams,
  sizeBytes: streams.reduce((sum, { bytes }) => sum + bytes, 0),
});
