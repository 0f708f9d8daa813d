/**
 * JSON plus named arrays in one block of bytes, for states that this engine writes and reads again (checkpoints). Not an
 * exchange format: no version but the writer's own, no compression. The artefact (`codecs/`) is what leaves the studio.
 */
import { EngineError } from "./errors";

export type PackedArray = Float32Array | Uint8Array | Uint32Array;

export interface Pack {
  readonly json: unknown;
  readonly arrays: ReadonlyMap<string, PackedArray>;
}

const kinds = { f32: Float32Array, u8: Uint8Array, u32: Uint32Array } as const;
type Kind = keyof typeof kinds;

interface Header {
  readonly json: unknown;
  readonly arrays: readonly (readonly [name: string, kind: Kind, length: number])[];
}

const kindOf = (array: PackedArray): Kind =>
  array instanceof Float32Array ? "f32" : array instanceof Uint8Array ? "u8" : "u32";

const padded = (length: number) => Math.ceil(length / 4) * 4;

export function pack({ json, arrays }: Pack): Uint8Array {
  const header: Header = { json, arrays: [...arrays].map(([name, a]) => [name, kindOf(a), a.length] as const) };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const size = [...arrays.values()].reduce((sum, a) => sum + padded(a.byteLength), 4 + padded(text.length));
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = 4 + padded(text.length);
  for (const array of arrays.values()) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += padded(array.byteLength);
  }
  return bytes;
}

/** @throws EngineError `truncated-file` when the bytes end before what the header announces */
export function unpack(bytes: Uint8Array): Pack {
  const short = () => new EngineError("truncated-file", `expected a whole checkpoint, got ${bytes.length} bytes`);
  if (bytes.length < 4) throw short();
  const textLength = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (4 + textLength > bytes.length) throw short();
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + textLength))) as Header;
  const arrays = new Map<string, PackedArray>();
  let at = 4 + padded(textLength);
  for (const [name, kind, length] of header.arrays) {
    const byteLength = length * kinds[kind].BYTES_PER_ELEMENT;
    if (at + byteLength > bytes.length) throw short();
    // Copied: a view would keep the whole pack alive, and offsets need not be aligned.
    const copy = bytes.slice(at, at + byteLength);
    arrays.set(name, kind === "u8" ? copy : new kinds[kind](copy.buffer, 0, length));
    at += padded(byteLength);
  }
  return { json: header.json, arrays };
}
