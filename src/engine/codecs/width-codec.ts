/**
 * The widths of a network whose layers have widths of their own (a bit plan): four bits for each kernel and each edge
 * whose quantizer has a width, which is written less one. A network that has one width, and perhaps another in its first
 * and last layer, has no plan: two numbers say it all, and its file none of this.
 */
import { planBitsPerWidth } from "../core/bit-plan";
import { weightedNodes } from "../core/network";
import type { Snapshot } from "../core/snapshot";
import { edgesOf } from "../quantizers/edges";
import { BitReader, BitWriter } from "./bitstream";
import { bytesOfBits, malformed, type Stream, type StreamSet, type StreamSize } from "./streams";

/** Files that hold a plan are of this version or later. */
export const SINCE_WIDTHS = 3;
const widest = 2 ** planBitsPerWidth;

/** Of a quantizer whose width is not told by a table of its own. */
function ownBits(quantizer: object | undefined): number[] {
  if (!quantizer || !("bits" in quantizer) || typeof quantizer.bits !== "number") return [];
  return quantizer.bits <= widest ? [quantizer.bits] : [];
}

/** Widths of kernels, then of edges, in the network's order; empty where there is no plan. */
export function plannedWidths({ network, states, activations }: Snapshot): number[] {
  const kernels = weightedNodes(network).flatMap(({ params }) => ownBits(states.get(params.kernel!.name)?.quantizer));
  const edges = edgesOf(network).flatMap((edge) => ownBits(activations.get(edge)));
  const isPlan = [kernels, edges].some((widths) => new Set(widths.slice(1, -1)).size > 1);
  return isPlan ? [...kernels, ...edges] : [];
}

export const widthSizes = (widths: readonly number[]): StreamSize[] =>
  widths.length === 0 ? [] : [{ stream: "widths", bits: planBitsPerWidth * widths.length }];

export function encodeWidths(widths: readonly number[]): Stream[] {
  return widthSizes(widths).map(({ stream, bits }) => {
    const writer = new BitWriter(new Uint8Array(bytesOfBits(bits)));
    for (const width of widths) writer.write(width - 1, planBitsPerWidth);
    return { stream, bytes: writer.finish() };
  });
}

/**
 * Sees that a file's plan says what its quantizers do.
 * @param expected `plannedWidths` of what was read
 * @throws EngineError `invalid-file`
 */
export function checkWidths(streams: StreamSet, expected: readonly number[]): void {
  const reader = new BitReader(streams.get("widths", bytesOfBits(planBitsPerWidth * expected.length)));
  const wrong = expected.find((width) => reader.read(planBitsPerWidth) !== width - 1);
  if (wrong !== undefined) throw malformed(`expected a plan with a width of ${wrong} bits in its place, got another`);
  reader.finish();
}
