/**
 * The byte streams of an artefact and how their sizes are counted. A stream is a sequence of bits, the most significant
 * bit of its first byte first, filled up with zero bits to a whole byte; numbers in it are big-endian.
 */
import { EngineError } from "../core/errors";

/** Every stream there is; all of them count in `sizeBytes`. Add a name here before a codec writes it. */
export const streamNames = [
  /** What is stored of each weight: raw floats, codes, codebook indices. */
  "values",
  /** Huffman code lengths of `values`, 5 bits each. */
  "codeTable",
  /** f32 scales of a uniform or a ternary form. */
  "scales",
  /** f32 values of a codebook. */
  "codebook",
  /** Largest exponent of a power-of-two form, one signed byte. */
  "exponent",
  /** One bit for each weight: is it stored? */
  "mask",
  /** Zeros skipped before each stored weight. */
  "indices",
  /** Huffman code lengths of `indices`, 5 bits each. */
  "indexCodeTable",
  /** CSR: the input of each stored weight. */
  "columns",
  /** CSR: where the entries of each output begin, and how many there are. */
  "rowPointers",
  /** One bit for each input: are its weights stored? */
  "pattern",
  /** Which diagonal of each tile is stored. */
  "offsets",
  /** f32 numbers of a quantizer that turn its codes back. */
  "tables",
  /** f32 numbers of the activation quantizers; of an affine one its scale. */
  "activationScales",
  /** Whole numbers of the activation quantizers; of an affine one its zero point, as many bits as it has. */
  "zeroPoints",
  /** Widths of kernels and edges where each has its own, 4 bits each. */
  "widths",
] as const;
export type StreamName = (typeof streamNames)[number];

/** A stream before it is written: its exact length in bits. */
export interface StreamSize {
  readonly stream: StreamName;
  readonly bits: number;
}

export interface Stream {
  readonly stream: StreamName;
  readonly bytes: Uint8Array;
}

/** Bytes of a stream of so many bits. */
export const bytesOfBits = (bits: number): number => Math.ceil(bits / 8);

/** Bytes of several streams: each is filled up to a byte on its own. */
export const bytesOfStreams = (sizes: readonly StreamSize[]): number =>
  sizes.reduce((sum, { bits }) => sum + bytesOfBits(bits), 0);

/** The streams of one tensor, by name. @throws EngineError `invalid-file` when one is missing */
export class StreamSet {
  private readonly byName: ReadonlyMap<StreamName, Uint8Array>;

  constructor(streams: readonly Stream[]) {
    this.byName = new Map(streams.map(({ stream, bytes }) => [stream, bytes]));
  }

  /** @param length bytes the stream has to have, where that is known */
  get(name: StreamName, length?: number): Uint8Array {
    const bytes = this.byName.get(name);
    if (!bytes) throw malformed(`expected a stream '${name}', got ${[...this.byName.keys()].join(", ") || "none"}`);
    if (length !== undefined && bytes.length !== length) {
      throw malformed(`expected ${length} bytes of '${name}', got ${bytes.length}`);
    }
    return bytes;
  }
}

/** A file whose checksum is right and whose content contradicts itself: written by another program, or to deceive. */
export const malformed = (message: string): EngineError => new EngineError("invalid-file", message);
