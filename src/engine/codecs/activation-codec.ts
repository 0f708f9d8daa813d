/** The quantizers of activations: the fp32 and whole numbers that each kind stores, of all edges together. */
import { EngineError } from "../core/errors";
import type { Network } from "../core/network";
import type { ActivationQuantizer } from "../core/snapshot";
import { type ActivationKindName, activationKindOf, unnamedActivationKind } from "../quantizers/activations/registry";
import { edgesOf } from "../quantizers/edges";
import { BitReader, BitWriter } from "./bitstream";
import { packFloats, unpackFloats } from "./bitpack";
import { bytesOfBits, malformed, type Stream, type StreamSet, type StreamSize } from "./streams";

/** Widest whole number; fp32 activations have no quantizer. */
export const MAX_ACTIVATION_BITS = 16;

/** In the file's header, in the order of the network's edges. */
export interface ActivationFields {
  /** A node's id, or `reader:n`. */
  readonly node: string;
  /** Absent: affine. */
  readonly kind?: ActivationKindName | undefined;
  readonly bits: number;
}

export interface ActivationPlan {
  readonly entries: readonly (readonly [edge: string, quantizer: ActivationQuantizer])[];
  readonly sizes: readonly StreamSize[];
  /** The least version of the format that can say it. */
  readonly since: number;
}

/** Of what one reader reads. */
const SINCE_EDGES = 3;

/** @throws EngineError `invalid-params` for a quantizer out of range or of an edge that is not there */
export function planActivations(
  network: Network,
  activations: ReadonlyMap<string, ActivationQuantizer>,
): ActivationPlan {
  const edges = edgesOf(network);
  const entries = edges.flatMap((edge) => {
    const quantizer = activations.get(edge);
    return quantizer ? [[edge, quantizer] as const] : [];
  });
  if (entries.length !== activations.size) {
    const known = new Set(edges);
    const stray = [...activations.keys()].find((edge) => !known.has(edge));
    throw new EngineError("invalid-params", `expected activation quantizers of layers, got one of '${stray}'`);
  }
  const outputs = new Set(network.nodes.map(({ id }) => id));
  let floats = 0;
  let codeBits = 0;
  let since = 1;
  for (const [edge, quantizer] of entries) {
    const kind = activationKindOf(quantizer);
    const problem = kind.problem(quantizer);
    if (problem) throw new EngineError("invalid-params", `activation of '${edge}': ${problem}`);
    const layout = kind.layout(quantizer.bits);
    floats += layout.floats;
    codeBits += layout.codes.reduce((sum, bits) => sum + bits, 0);
    since = Math.max(since, kind.since, outputs.has(edge) ? 1 : SINCE_EDGES);
  }
  const sizes: readonly StreamSize[] = [
    { stream: "activationScales", bits: 32 * floats },
    { stream: "zeroPoints", bits: codeBits },
  ];
  return { entries, sizes: sizes.filter(({ bits }) => bits > 0), since };
}

export const activationFields = ({ entries }: ActivationPlan): ActivationFields[] =>
  entries.map(([node, { kind, bits }]) => ({ node, ...(kind === unnamedActivationKind ? {} : { kind }), bits }));

/** Numbers are rounded to fp32, which is what the tensors that use them do. */
export function encodeActivations({ entries, sizes }: ActivationPlan): Stream[] {
  const stored = entries.map(([, quantizer]) => activationKindOf(quantizer).stored(quantizer));
  return sizes.map(({ stream, bits }) => {
    if (stream === "activationScales") {
      return { stream, bytes: packFloats(Float32Array.from(stored.flatMap(({ floats }) => floats))) };
    }
    const writer = new BitWriter(new Uint8Array(bytesOfBits(bits)));
    for (const { codes } of stored) for (const [value, width] of codes) writer.write(value, width);
    return { stream, bytes: writer.finish() };
  });
}

/** @throws EngineError `invalid-file` */
export function decodeActivations(
  fields: readonly ActivationFields[],
  streams: StreamSet,
): Map<string, ActivationQuantizer> {
  const activations = new Map<string, ActivationQuantizer>();
  const layouts = fields.map(({ kind = unnamedActivationKind, bits }) => activationKindOf({ kind }).layout(bits));
  const floatCount = layouts.reduce((sum, { floats }) => sum + floats, 0);
  const floats = floatCount > 0 ? unpackFloats(streams.get("activationScales"), floatCount) : new Float32Array(0);
  const reader = layouts.some(({ codes }) => codes.length > 0) ? new BitReader(streams.get("zeroPoints")) : undefined;
  let at = 0;
  fields.forEach(({ node, kind: name = unnamedActivationKind, bits }, i) => {
    const kind = activationKindOf({ kind: name });
    const numbers = [...floats.subarray(at, (at += layouts[i]!.floats))];
    const quantizer = kind.restore(
      bits,
      numbers,
      layouts[i]!.codes.map((width) => reader!.read(width)),
    );
    const problem = kind.problem(quantizer);
    if (problem) throw malformed(`activation of '${node}': ${problem}`);
    activations.set(node, quantizer);
  });
  reader?.finish();
  return activations;
}
