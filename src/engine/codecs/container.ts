/**
 * The outside of an artefact: magic, version, lengths, the deflated JSON header, the streams, a checksum over it all.
 * README.md has the layout field by field. Reading trusts no length before it is compared with the bytes that are there.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { deflateSync, Inflate } from "fflate";
import { EngineError } from "../core/errors";
import { malformed } from "./streams";

/** Of the newest files. Each says the least version that can read it, so that older studios read what they can. */
export const FORMAT_VERSION = 3;

/** Not text, and damaged by every program that converts line ends (as in PNG, section 5.2). */
const MAGIC = Uint8Array.of(0x89, 0x43, 0x53, 0x41, 0x0d, 0x0a, 0x1a, 0x0a);
const VERSION_END = MAGIC.length + 2;
/** Magic 8, version 2, reserved 2, file 4, header 4, header inflated 4, check 4. */
const PRELUDE_BYTES = 28;
const CHECK_BYTES = 4;
const DIGEST_BYTES = 32;
/** Of the JSON. A network of hundreds of layers with its document takes tens of kilobytes. */
const MAX_HEADER_BYTES = 4 * 2 ** 20;
/** Fed to the decompressor at once: at most 1032 times as much comes out before its size is looked at. */
const INFLATE_CHUNK_BYTES = 4096;

export interface Container {
  /** Parsed JSON, not yet validated. */
  readonly header: unknown;
  /** The streams, one after the other. */
  readonly payload: Uint8Array;
}

/** Are these the first bytes of an artefact? At least 8 are needed. */
export const magicMatches = (bytes: Uint8Array): boolean =>
  bytes.length >= MAGIC.length && MAGIC.every((byte, i) => bytes[i] === byte);

/**
 * @param version the least that can read what the header describes
 * @throws EngineError `invalid-document` when what is embedded is too large
 */
export function packContainer(headerJson: string, streams: readonly Uint8Array[], version: number): Uint8Array {
  const text = new TextEncoder().encode(headerJson);
  if (text.length > MAX_HEADER_BYTES) {
    throw new EngineError(
      "invalid-document",
      `expected network and document to take at most ${MAX_HEADER_BYTES} bytes, got ${text.length}`,
    );
  }
  const header = deflateSync(text, { level: 9 });
  const payloadBytes = streams.reduce((sum, s) => sum + s.length, 0);
  const bytes = new Uint8Array(PRELUDE_BYTES + header.length + payloadBytes + DIGEST_BYTES);
  bytes.set(MAGIC);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, version);
  view.setUint32(12, bytes.length);
  view.setUint32(16, header.length);
  view.setUint32(20, text.length);
  bytes.set(preludeCheck(bytes), PRELUDE_BYTES - CHECK_BYTES);
  bytes.set(header, PRELUDE_BYTES);
  let at = PRELUDE_BYTES + header.length;
  for (const stream of streams) {
    bytes.set(stream, at);
    at += stream.length;
  }
  bytes.set(sha256(bytes.subarray(0, at)), at);
  return bytes;
}

/** Of the lengths: without it, one damaged length would pass for a file cut short. */
const preludeCheck = (bytes: Uint8Array): Uint8Array =>
  sha256(bytes.subarray(0, PRELUDE_BYTES - CHECK_BYTES)).subarray(0, CHECK_BYTES);

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

const truncated = (expectedBytes: number, gotBytes: number, atLeast: "" | "at least " = "") =>
  new EngineError(
    "truncated-file",
    `expected a file of ${atLeast}${expectedBytes} bytes, got ${gotBytes}: it was cut short, copy it again`,
    { details: { expectedBytes, gotBytes } },
  );

const corrupt = (expected: string, got: string) =>
  new EngineError("corrupt-file", `expected ${expected}, got ${got}: the file was altered, copy it again`);

/**
 * @throws EngineError `invalid-file` (not an artefact, or one that contradicts itself), `truncated-file`,
 *   `newer-version`, `corrupt-file`
 */
export function unpackContainer(bytes: Uint8Array): Container {
  const begin = bytes.subarray(0, MAGIC.length);
  if (!sameBytes(begin, MAGIC.subarray(0, begin.length))) {
    throw malformed("expected an artefact of Compression Studio, got another kind of file");
  }
  if (bytes.length < VERSION_END) throw truncated(PRELUDE_BYTES, bytes.length, "at least ");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(8);
  // Before any checksum: what follows may look different in a newer version.
  if (version > FORMAT_VERSION) {
    throw new EngineError(
      "newer-version",
      `expected a file of version ${FORMAT_VERSION} or older, got version ${version}: open it with a newer studio`,
      { details: { supported: FORMAT_VERSION, got: version } },
    );
  }
  if (bytes.length < PRELUDE_BYTES) throw truncated(PRELUDE_BYTES, bytes.length, "at least ");
  if (!sameBytes(preludeCheck(bytes), bytes.subarray(PRELUDE_BYTES - CHECK_BYTES, PRELUDE_BYTES))) {
    throw corrupt("the check of its first bytes to hold", "other bytes");
  }
  if (version < 1) throw malformed(`expected a version from 1 to ${FORMAT_VERSION}, got ${version}`);
  const fileBytes = view.getUint32(12);
  const headerBytes = view.getUint32(16);
  const textBytes = view.getUint32(20);
  if (bytes.length < fileBytes) throw truncated(fileBytes, bytes.length);
  if (bytes.length > fileBytes) throw corrupt(`a file of ${fileBytes} bytes`, `${bytes.length}`);
  const room = fileBytes - PRELUDE_BYTES - DIGEST_BYTES;
  if (headerBytes > room) throw malformed(`expected a header of at most ${room} bytes, got ${headerBytes}`);
  if (textBytes > MAX_HEADER_BYTES) {
    throw malformed(`expected a header of at most ${MAX_HEADER_BYTES} bytes of text, got ${textBytes}`);
  }
  const end = fileBytes - DIGEST_BYTES;
  if (!sameBytes(sha256(bytes.subarray(0, end)), bytes.subarray(end))) {
    throw corrupt("its SHA-256 to fit its bytes", "another");
  }
  const header = bytes.subarray(PRELUDE_BYTES, PRELUDE_BYTES + headerBytes);
  return {
    header: parseJson(inflateExactly(header, textBytes)),
    payload: bytes.subarray(PRELUDE_BYTES + headerBytes, end),
  };
}

/** Stops as soon as more comes out than was announced. */
function inflateExactly(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let filled = 0;
  const inflate = new Inflate((chunk) => {
    if (filled + chunk.length > length) throw malformed(`expected a header of ${length} bytes of text, got more`);
    out.set(chunk, filled);
    filled += chunk.length;
  });
  try {
    for (let at = 0; at < bytes.length; at += INFLATE_CHUNK_BYTES) {
      const last = at + INFLATE_CHUNK_BYTES >= bytes.length;
      inflate.push(bytes.subarray(at, at + INFLATE_CHUNK_BYTES), last);
    }
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw malformed(
      `expected a header deflated by RFC 1951, got ${error instanceof Error ? error.message : "other bytes"}`,
    );
  }
  if (filled !== length) throw malformed(`expected a header of ${length} bytes of text, got ${filled}`);
  return out;
}

function parseJson(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text)) as unknown;
  } catch (error) {
    throw malformed(`expected a header in JSON, got ${error instanceof Error ? error.message : "other text"}`);
  }
}
