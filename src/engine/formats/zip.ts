/**
 * Reading ZIP files, of which .npz and .keras are made: the directory at the end, entries stored or deflated. Sizes are
 * judged before anything is allocated, and every entry that is read is checked against its CRC-32 (fflate's own reader
 * does neither, so only its inflate is used).
 */
import { inflateSync } from "fflate";
import { EngineError } from "../core/errors";

export interface ZipFile {
  readonly names: readonly string[];
  /** @throws EngineError `invalid-file` when there is no such entry, `corrupt-file` when it is damaged */
  read(name: string): Uint8Array;
}

interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
const endLength = 22;
const entryLength = 46;
const localLength = 30;
const longestComment = 0xffff;
/** No deflate stream expands further (a block of repeats of length 258 at 2 bits each). */
const largestRatio = 1032;

export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/**
 * @param file named in messages
 * @param maxBytes largest size of an inflated entry
 * @throws EngineError `invalid-file`, `truncated-file`
 */
export function openZip(bytes: Uint8Array, file: string, maxBytes: number): ZipFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(view, bytes, file);
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name);
      if (!entry) {
        throw new EngineError("invalid-file", `'${file}': expected an entry '${name}', got ${listed(entries.keys())}`);
      }
      return readEntry(view, bytes, `${file}/${name}`, entry, maxBytes);
    },
  };
}

const listed = (names: Iterable<string>): string => {
  const all = [...names];
  return all.length === 0 ? "none" : all.slice(0, 20).join(", ") + (all.length > 20 ? ", ..." : "");
};

function readDirectory(view: DataView, bytes: Uint8Array, file: string): Map<string, Entry> {
  let end = bytes.length - endLength;
  const earliest = Math.max(0, end - longestComment);
  while (end >= earliest && view.getUint32(end, true) !== endSignature) end--;
  if (end < earliest) throw truncated(file, "a ZIP directory at its end", "none");
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (count === 0xffff || start === 0xffffffff) {
    throw new EngineError("invalid-file", `'${file}': expected a ZIP file below 4 GB, got ZIP64`);
  }
  const entries = new Map<string, Entry>();
  const decoder = new TextDecoder();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + entryLength > end || view.getUint32(at, true) !== entrySignature) {
      throw truncated(file, `${count} entries in its ZIP directory`, `${i}`);
    }
    const nameEnd = at + entryLength + view.getUint16(at + 28, true);
    const next = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw truncated(file, `${count} entries in its ZIP directory`, `${i}`);
    const name = decoder.decode(bytes.subarray(at + entryLength, nameEnd));
    if (entries.has(name)) {
      throw new EngineError("invalid-file", `'${file}': expected entries of different names, got '${name}' twice`);
    }
    entries.set(name, {
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      headerOffset: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return entries;
}

function readEntry(view: DataView, bytes: Uint8Array, name: string, entry: Entry, maxBytes: number): Uint8Array {
  const { method, packedSize, size, headerOffset } = entry;
  if (method !== 0 && method !== 8) {
    throw new EngineError("invalid-file", `'${name}': expected an entry stored or deflated, got ZIP method ${method}`);
  }
  if (size > maxBytes)
    throw new EngineError("invalid-file", `'${name}': expected at most ${maxBytes} bytes, got ${size}`);
  if (headerOffset + localLength > bytes.length || view.getUint32(headerOffset, true) !== localSignature) {
    throw corrupt(name, `a ZIP entry at byte ${headerOffset}`, "something else");
  }
  const start =
    headerOffset + localLength + view.getUint16(headerOffset + 26, true) + view.getUint16(headerOffset + 28, true);
  if (start + packedSize > bytes.length) {
    throw truncated(name, `${packedSize} bytes`, `${Math.max(0, bytes.length - start)}`);
  }
  const packed = bytes.subarray(start, start + packedSize);
  if (method === 0 ? size !== packedSize : size > packedSize * largestRatio) {
    throw corrupt(name, `a size that ${packedSize} bytes can hold`, `${size}`);
  }
  const plain = method === 0 ? packed : inflate(packed, size, name);
  if (plain.length !== size) throw corrupt(name, `${size} bytes`, plain.length > size ? "more" : `${plain.length}`);
  if (crc32(plain) !== entry.crc) throw corrupt(name, `CRC-32 ${hex(entry.crc)}`, hex(crc32(plain)));
  return plain;
}

function inflate(packed: Uint8Array, size: number, name: string): Uint8Array {
  try {
    // One byte more than it should need: a longer stream shows itself.
    return inflateSync(packed, { out: new Uint8Array(size + 1) });
  } catch (cause) {
    throw new EngineError("corrupt-file", `'${name}': expected deflated data, got bytes that do not inflate`, {
      cause,
    });
  }
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = crcTable[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

const hex = (value: number): string => value.toString(16).padStart(8, "0");
const truncated = (file: string, expected: string, got: string): EngineError =>
  new EngineError("truncated-file", `'${file}': expected ${expected}, got ${got}; the file is cut off or no ZIP file`);
const corrupt = (name: string, expected: string, got: string): EngineError =>
  new EngineError("corrupt-file", `'${name}': expected ${expected}, got ${got}; fetch the file again`);
