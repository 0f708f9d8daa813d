/** What a decision of a quantizing clip did to the network: widths, levels and codes of kernels, widths of activations. */
import { floatBits } from "../core/effective";
import type { ParameterState, Snapshot } from "../core/snapshot";
import { edgesOf } from "../quantizers/edges";
import { weightBits } from "../metrics/accounting";

export interface KernelCodes {
  /** Of one weight; 32 for floats. */
  readonly bits: number;
  /** The most values that weights of one output have; the same as `codes` where all outputs share their values. */
  readonly levels: number;
  /** Distinct values in the whole kernel, a zero among them. */
  readonly codes: number;
}

export interface CodesTrace {
  readonly before: KernelCodes;
  readonly after: KernelCodes;
}

/** Bits on an edge before and after; 32 for floats. */
export interface ActivationTrace {
  /** The node whose output it is, or the reader and its input: `conv2:0`. */
  readonly node: string;
  readonly before: number;
  readonly after: number;
}

/** A kernel as it is computed with, and its state. */
interface Kernel {
  readonly values: Float32Array;
  readonly state: ParameterState | undefined;
}

/**
 * Undefined where the quantizer is what it was, though weights may have moved under it.
 * @param outputs how many outputs the kernel had before; the fastest axis
 */
export function traceCodes(before: Kernel, after: Kernel, outputs: number): CodesTrace | undefined {
  if (before.state?.quantizer === after.state?.quantizer) return undefined;
  return { before: codesOf(before, outputs), after: codesOf(after, outputs) };
}

function codesOf({ values, state }: Kernel, outputs: number): KernelCodes {
  const ofOutput = Array.from({ length: outputs }, () => new Set<number>());
  values.forEach((value, i) => ofOutput[i % outputs]!.add(value));
  return {
    bits: weightBits(state),
    levels: ofOutput.reduce((most, { size }) => Math.max(most, size), 0),
    codes: new Set(values).size,
  };
}

/** Edges whose width is another one than before, in the network's order. */
export function traceActivations(before: Snapshot, after: Snapshot): ActivationTrace[] {
  const bitsIn = ({ activations }: Snapshot, node: string) => activations.get(node)?.bits ?? floatBits;
  return edgesOf(after.network)
    .map((id) => ({ node: id, before: bitsIn(before, id), after: bitsIn(after, id) }))
    .filter((trace) => trace.before !== trace.after);
}
