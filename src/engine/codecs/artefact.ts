/**
 * The artefact: a snapshot as a file, and back. What the studio measures is what this file decodes to; its sizes are
 * those of the streams in it. The format, field by field, is in README.md.
 */
import { EngineError } from "../core/errors";
import { type Network, type ParameterEntry, parametersOf, sizeOfShape } from "../core/network";
import { checkSnapshot, type ActivationQuantizer, type ParameterState, type Snapshot } from "../core/snapshot";
import { weightKindOf } from "../quantizers/weights/registry";
import { edgesOf } from "../quantizers/edges";
import { networkLimits, parseNetwork } from "../ops/parse-network";
import { activationFields, decodeActivations, encodeActivations } from "./activation-codec";
import { packContainer, unpackContainer } from "./container";
import { layoutOf } from "./layout";
import { parseHeader, type ArtefactHeader, type TensorHeader } from "./header";
import { restoreState, stateFields } from "./parameter-state";
import {
  activationBreakdown,
  planSnapshot,
  streamBytes,
  tensorBreakdown,
  type ActivationBreakdown,
  type StreamBytes,
  type TensorBreakdown,
} from "./snapshot-plan";
import { bytesOfStreams, malformed, StreamSet, type Stream } from "./streams";
import { decodeTensor, encodeTensor } from "./tensor-codec";
import { checkWidths, encodeWidths, plannedWidths, SINCE_WIDTHS, widthSizes } from "./width-codec";

export { FORMAT_VERSION, magicMatches } from "./container";

/** What an artefact weighs, and on what. */
export interface ArtefactSizes {
  /** All value streams: weights, biases, scales, zero points, codebooks, masks, indices, code tables. */
  readonly sizeBytes: number;
  /** The whole file: `sizeBytes`, network and document, tensor headers, checksum. */
  readonly fileBytes: number;
  /** In the order of the network's parameters. */
  readonly tensors: readonly TensorBreakdown[];
  readonly activations: ActivationBreakdown;
  /** Of the bit plan; 0 where there is none. */
  readonly widthBytes: number;
}

export interface EncodedArtefact extends ArtefactSizes {
  readonly bytes: Uint8Array;
}

export interface DecodedArtefact extends ArtefactSizes {
  readonly snapshot: Snapshot;
  /** What was embedded; undefined where nothing was. */
  readonly document: unknown;
  readonly info: Readonly<Record<string, unknown>>;
}

export interface Embedded {
  /** The timeline document that made the snapshot. Plain JSON. */
  readonly document?: unknown;
  /** Anything else worth keeping beside it. Plain JSON. */
  readonly info?: Readonly<Record<string, unknown>>;
}

/**
 * Parameters that a file may ask to be allocated: this many, or this many for each of its bytes. A million weights in a
 * kilobyte are a constant tensor or a trap.
 */
const FREE_PARAMETERS = 2 ** 24;
const PARAMETERS_PER_BYTE = 4096;

/**
 * Same snapshot, same bytes. Batch normalization is stored where the caller has not folded it.
 * @throws EngineError `shape-mismatch`, `invalid-file` or `invalid-params` for a snapshot that is none,
 *   `invalid-document` for embedded values that are not JSON or too large
 */
export function encodeArtefact(snapshot: Snapshot, embedded: Embedded = {}): EncodedArtefact {
  const network = canonicalNetwork(snapshot.network);
  const plan = planSnapshot({ ...snapshot, network });
  const parts = plan.tensors.map((tensor) => {
    const { entry, fields } = tensor;
    const sizes = streamBytes(tensor.sizes);
    const header: TensorHeader = {
      name: entry.name,
      ...fields,
      streams: sizes.map(({ stream, bytes }) => [stream, bytes]),
      ...stateFields(snapshot.states.get(entry.name), fields.form),
    };
    return {
      header,
      streams: encodeTensor(tensor),
      breakdown: tensorBreakdown(entry, fields, sizes, tensor.tensor.values),
    };
  });
  const activationStreams = encodeActivations(plan.activations);
  const widthStreams = encodeWidths(plan.widths);
  const header: ArtefactHeader = {
    network,
    tensors: parts.map((part) => part.header),
    activations: activationFields(plan.activations),
    activationStreams: activationStreams.map(({ stream, bytes }) => [stream, bytes.length]),
    ...(widthStreams.length === 0 ? {} : { widthStreams: widthStreams.map(({ bytes }) => ["widths", bytes.length]) }),
    ...(embedded.document === undefined ? {} : { document: embedded.document }),
    info: { ...embedded.info },
  };
  const streams = [...parts.flatMap((part) => part.streams), ...activationStreams, ...widthStreams];
  const besides = Math.max(plan.activations.since, widthStreams.length > 0 ? SINCE_WIDTHS : 1);
  const bytes = packContainer(
    toJson(header),
    streams.map((s) => s.bytes),
    header.tensors.reduce((version, fields) => Math.max(version, leastVersion(fields)), besides),
  );
  return {
    bytes,
    sizeBytes: plan.sizeBytes,
    fileBytes: bytes.length,
    tensors: parts.map((part) => part.breakdown),
    activations: activationBreakdown(plan.activations.entries.length, streamBytes(plan.activations.sizes)),
    widthBytes: bytesOfStreams(widthSizes(plan.widths)),
  };
}

/** The least version of the format that can say this of a tensor. */
const leastVersion = ({ layout, quantizer }: TensorHeader): number =>
  Math.max(layoutOf(layout.kind).since, quantizer ? weightKindOf(quantizer).since : 1);

const canonicalNetworks = new WeakMap<Network, Network>();

/** Its fields in one order, and nothing written that would be refused on reading. */
function canonicalNetwork(network: Network): Network {
  const known = canonicalNetworks.get(network);
  if (known) return known;
  const canonical = parseNetwork(JSON.parse(JSON.stringify(network)));
  canonicalNetworks.set(network, canonical);
  return canonical;
}

function toJson(header: ArtefactHeader): string {
  try {
    return JSON.stringify(header);
  } catch (cause) {
    throw new EngineError("invalid-document", "expected document and info to be plain JSON, got what JSON cannot say", {
      cause,
    });
  }
}

/**
 * Values are bit for bit the effective ones that were encoded, and effective again under the states that come with them:
 * quantizers with the file's scales and clips of 1, a mask where zeros were pruned.
 * @throws EngineError `invalid-file` (not an artefact, or it contradicts itself), `truncated-file`, `corrupt-file`,
 *   `newer-version`
 */
export function decodeArtefact(bytes: Uint8Array): DecodedArtefact {
  const container = unpackContainer(bytes);
  const header = parseHeader(container.header);
  const network = parseNetwork(header.network);
  const parameters = parametersOf(network);
  checkParameters(parameters, header, bytes.length);
  const read = streamReader(container.payload);
  const values = new Map<string, Float32Array>();
  const states = new Map<string, ParameterState>();
  const tensors = header.tensors.map((fields, i) => {
    const entry = parameters[i]!;
    const { streams, sizes } = read(fields.streams);
    const restored = named(entry.name, () => {
      const tensor = decodeTensor(fields, streams, entry.shape, fields.quantizer);
      return { values: tensor.values, state: restoreState(tensor, fields) };
    });
    values.set(entry.name, restored.values);
    if (restored.state) states.set(entry.name, restored.state);
    return tensorBreakdown(entry, fields, sizes, restored.values);
  });
  const { streams, sizes } = read(header.activationStreams);
  const activations = decodeActivations(header.activations, streams);
  checkActivations(network, header, activations);
  const widths = header.widthStreams && read(header.widthStreams);
  if (read.left() !== 0) throw malformed(`expected nothing after the last stream, got ${read.left()} bytes`);
  const snapshot: Snapshot = { network, values, states, activations };
  checkSnapshot(snapshot);
  if (widths) checkWidths(widths.streams, plannedWidths(snapshot));
  const widthBytes = widths?.sizes[0]!.bytes ?? 0;
  const activationSizes = activationBreakdown(activations.size, sizes);
  return {
    snapshot,
    document: header.document,
    info: header.info,
    sizeBytes: tensors.reduce((sum, t) => sum + t.sizeBytes, activationSizes.sizeBytes + widthBytes),
    fileBytes: bytes.length,
    tensors,
    activations: activationSizes,
    widthBytes,
  };
}

/** One tensor for each parameter, in order, and no more of them than such a file may hold. */
function checkParameters(parameters: readonly ParameterEntry[], { tensors }: ArtefactHeader, fileBytes: number): void {
  const names = parameters.map(({ name }) => name);
  const odd = names.findIndex((name, i) => tensors[i]?.name !== name);
  if (odd >= 0 || tensors.length !== names.length) {
    const at = odd >= 0 ? odd : names.length;
    throw malformed(`expected tensor ${at} to be '${names[at] ?? "none"}', got '${tensors[at]?.name ?? "none"}'`);
  }
  const count = parameters.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0);
  const most = Math.min(networkLimits.values, Math.max(FREE_PARAMETERS, PARAMETERS_PER_BYTE * fileBytes));
  if (count > most) throw malformed(`expected at most ${most} parameters in ${fileBytes} bytes, got ${count}`);
}

function checkActivations(
  network: Network,
  { activations: fields }: ArtefactHeader,
  activations: ReadonlyMap<string, ActivationQuantizer>,
): void {
  const known = new Set(edgesOf(network));
  const stray = fields.find(({ node }) => !known.has(node));
  if (stray || activations.size !== fields.length) {
    throw malformed(
      `expected one activation quantizer of a layer, got ${stray ? `one of '${stray.node}'` : "two of one"}`,
    );
  }
}

/** Cuts the payload into the streams that headers announce; never past its end. */
function streamReader(payload: Uint8Array) {
  let at = 0;
  const read = (announced: TensorHeader["streams"]): { streams: StreamSet; sizes: StreamBytes[] } => {
    const streams: Stream[] = announced.map(([stream, length]) => {
      if (length > payload.length - at) {
        throw malformed(`expected ${length} bytes of '${stream}', got ${payload.length - at}`);
      }
      at += length;
      return { stream, bytes: payload.subarray(at - length, at) };
    });
    return { streams: new StreamSet(streams), sizes: announced.map(([stream, bytes]) => ({ stream, bytes })) };
  };
  return Object.assign(read, { left: () => payload.length - at });
}

/** Says of which tensor an error speaks. */
function named<T>(name: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw error instanceof EngineError ? new EngineError(error.code, `tensor '${name}': ${error.message}`) : error;
  }
}
