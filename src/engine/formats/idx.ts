/**
 * IDX, the format of the MNIST files: two zero bytes, a type byte, the number of axes, the axes as big-endian uint32,
 * then the values. Only unsigned bytes are read, as all of these data sets are; nothing is copied.
 */
import { EngineError } from "../core/errors";

export interface IdxArray {
  /** The count of records comes first: `[60000, 28, 28]`. */
  readonly shape: readonly number[];
  /** A view of the bytes that were given, row-major. */
  readonly values: Uint8Array;
}

const typeNames: Readonly<Record<number, string>> = {
  0x08: "uint8",
  0x09: "int8",
  0x0b: "int16",
  0x0c: "int32",
  0x0d: "float32",
  0x0e: "float64",
};
const unsignedByte = 0x08;

/**
 * @param file named in messages
 * @throws EngineError `invalid-file` when it is no IDX file of bytes or is longer than its header says,
 *   `truncated-file` when it is shorter
 */
export function parseIdx(bytes: Uint8Array, file: string): IdxArray {
  if (bytes.length < 4) throw truncated(file, "a header of at least 4 bytes", bytes.length);
  const [zero0, zero1, type, axes] = bytes as unknown as readonly [number, number, number, number];
  if (zero0 !== 0 || zero1 !== 0 || typeNames[type] === undefined) {
    const got = [zero0, zero1, type].map((b) => b.toString(16).padStart(2, "0")).join(" ");
    throw new EngineError("invalid-file", `'${file}': expected an IDX file (bytes 00 00 08 ...), got ${got}`);
  }
  if (type !== unsignedByte) {
    throw new EngineError(
      "invalid-file",
      `'${file}': expected values of type uint8, got ${typeNames[type]}; convert them or use an .npz file`,
    );
  }
  if (axes < 1 || axes > 4) throw new EngineError("invalid-file", `'${file}': expected 1 to 4 axes, got ${axes}`);
  const start = 4 + 4 * axes;
  if (bytes.length < start) throw truncated(file, `a header of ${start} bytes for ${axes} axes`, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis, false));
  // A product of four uint32 may pass 2^53, but then it passes the length of any file as well.
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length - start < size) {
    throw truncated(file, `${size} bytes of values for [${shape.join(", ")}]`, bytes.length - start);
  }
  if (bytes.length - start > size) {
    throw new EngineError(
      "invalid-file",
      `'${file}': expected ${size} bytes of values for [${shape.join(", ")}], got ${bytes.length - start}`,
    );
  }
  return { shape, values: bytes.subarray(start) };
}

const truncated = (file: string, expected: string, got: number): EngineError =>
  new EngineError("truncated-file", `'${file}': expected ${expected}, got ${got}; the file is cut off, fetch it again`);
