/** The quantizers of activations: `32` bits of scale and `b` bits of zero point each. */
import { EngineError } from "../core/errors";
import type { Network } from "../core/network";
import type { ActivationQuantizer } from "../core/snapshot";
import { BitReader, BitWriter } from "./bitstream";
import { packFloats, unpackFloats } from "./bitpack";
import { bytesOfBits, malformed, type Stream, type StreamSet, type StreamSize } from "./streams";

/** Widest zero point; fp32 activations have no quantizer. */
export const MAX_ACTIVATION_BITS = 16;

/** In the file's header, in the order of the network's nodes. */
export interface ActivationFields {
  readonly node: string;
  readonly bits: number;
}

export interface ActivationPlan {
  readonly entries: readonly (readonly [node: string, quantizer: ActivationQuantizer])[];
  readonly sizes: readonly StreamSize[];
}

/** @throws EngineError `invalid-params` for a quantizer out of range or of a node that is not there */
export function planActivations(
  network: Network,
  activations: ReadonlyMap<string, ActivationQuantizer>,
): ActivationPlan {
  const entries = network.nodes.flatMap(({ id }) => {
    const quantizer = activations.get(id);
    return quantizer ? [[id, quantizer] as const] : [];
  });
  if (entries.length !== activations.size) {
    const known = new Set(network.nodes.map(({ id }) => id));
    const stray = [...activations.keys()].find((id) => !known.has(id));
    throw new EngineError("invalid-params", `expected activation quantizers of layers, got one of '${stray}'`);
  }
  for (const [node, { bits, scale, zeroPoint }] of entries) {
    const problem = problemOf(bits, Math.fround(scale), zeroPoint);
    if (problem) throw new EngineError("invalid-params", `activation of '${node}': ${problem}`);
  }
  const zeroPointBits = entries.reduce((sum, [, { bits }]) => sum + bits, 0);
  return {
    entries,
    sizes:
      entries.length === 0
        ? []
        : [
            { stream: "activationScales", bits: 32 * entries.length },
            { stream: "zeroPoints", bits: zeroPointBits },
          ],
  };
}

function problemOf(bits: number, scale: number, zeroPoint: number): string | undefined {
  if (!Number.isInteger(bits) || bits < 1 || bits > MAX_ACTIVATION_BITS) {
    return `expected 1 to ${MAX_ACTIVATION_BITS} bits, got ${bits}`;
  }
  if (!(scale > 0 && Number.isFinite(scale))) return `expected a finite fp32 scale above 0, got ${scale}`;
  if (!Number.isInteger(zeroPoint) || zeroPoint < 0 || zeroPoint >= 2 ** bits) {
    return `expected a zero point in [0, ${2 ** bits - 1}], got ${zeroPoint}`;
  }
  return undefined;
}

/** Scales are rounded to fp32, which is what the tensors that use them do. */
export function encodeActivations({ entries, sizes }: ActivationPlan): Stream[] {
  if (entries.length === 0) return [];
  const writer = new BitWriter(new Uint8Array(bytesOfBits(sizes[1]!.bits)));
  for (const [, { bits, zeroPoint }] of entries) writer.write(zeroPoint, bits);
  return [
    { stream: "activationScales", bytes: packFloats(Float32Array.from(entries, ([, { scale }]) => scale)) },
    { stream: "zeroPoints", bytes: writer.finish() },
  ];
}

/** @throws EngineError `invalid-file` */
export function decodeActivations(
  fields: readonly ActivationFields[],
  streams: StreamSet,
): Map<string, ActivationQuantizer> {
  const activations = new Map<string, ActivationQuantizer>();
  if (fields.length === 0) return activations;
  const scales = unpackFloats(streams.get("activationScales"), fields.length);
  const reader = new BitReader(streams.get("zeroPoints"));
  fields.forEach(({ node, bits }, i) => {
    const quantizer = { bits, scale: scales[i]!, zeroPoint: reader.read(bits) };
    const problem = problemOf(bits, quantizer.scale, quantizer.zeroPoint);
    if (problem) throw malformed(`activation of '${node}': ${problem}`);
    activations.set(node, quantizer);
  });
  reader.finish();
  return activations;
}
