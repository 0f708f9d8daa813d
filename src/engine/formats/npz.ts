/**
 * NumPy's .npy arrays (versions 1 to 3) and the .npz files that hold several. Little endian, C order, plain numbers.
 */
import { EngineError } from "../core/errors";
import { decodeFloat16 } from "./float16";
import { openZip } from "./zip";

export type NpyValues =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

export interface NpyArray {
  /** NumPy's name: `u1`, `i8`, `f4` ... */
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Row-major. Halves come as float32, 64-bit integers as float64 (exact: larger ones than 2^53 are refused). */
  readonly values: NpyValues;
}

export interface NpzFile {
  /** Without `.npy`. */
  readonly names: readonly string[];
  read(name: string): NpyArray;
}

const widths = { u1: 1, i1: 1, u2: 2, i2: 2, u4: 4, i4: 4, u8: 8, i8: 8, f2: 2, f4: 4, f8: 8 } as const;
type Dtype = keyof typeof widths;

const decoders: Record<Dtype, (buffer: ArrayBuffer, file: string) => NpyValues> = {
  u1: (b) => new Uint8Array(b),
  i1: (b) => new Int8Array(b),
  u2: (b) => new Uint16Array(b),
  i2: (b) => new Int16Array(b),
  u4: (b) => new Uint32Array(b),
  i4: (b) => new Int32Array(b),
  u8: (b, file) => narrow(new BigUint64Array(b), file),
  i8: (b, file) => narrow(new BigInt64Array(b), file),
  f2: (b) => decodeFloat16(new Uint16Array(b)),
  f4: (b) => new Float32Array(b),
  f8: (b) => new Float64Array(b),
};

function narrow(values: BigUint64Array | BigInt64Array, file: string): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    out[i] = Number(values[i]!);
    if (!Number.isSafeInteger(out[i])) {
      throw invalid(file, "integers below 2^53", `${values[i]!} at index ${i}`);
    }
  }
  return out;
}

/**
 * @param file named in messages
 * @param maxBytes largest size of one array
 * @throws EngineError `invalid-file`, `truncated-file`, `corrupt-file`
 */
export function openNpz(bytes: Uint8Array, file: string, maxBytes: number): NpzFile {
  const zip = openZip(bytes, file, maxBytes);
  return {
    names: zip.names.filter((name) => name.endsWith(".npy")).map((name) => name.slice(0, -".npy".length)),
    read: (name) => parseNpy(zip.read(`${name}.npy`), `${file}/${name}`),
  };
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // "\x93NUMPY"

/** @throws EngineError `invalid-file` naming what it is instead, `truncated-file` */
export function parseNpy(bytes: Uint8Array, file: string): NpyArray {
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) {
    throw invalid(file, "a NumPy array (.npy)", "another beginning");
  }
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw invalid(file, "version 1, 2 or 3 of .npy", `${version}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerStart = version === 1 ? 10 : 12;
  const headerEnd =
    headerStart + (version === 1 ? view.getUint16(8, true) : bytes.length < 12 ? 0 : view.getUint32(8, true));
  if (headerEnd > bytes.length || headerEnd === headerStart) {
    throw truncated(file, `a header of ${headerEnd - headerStart} bytes`, bytes.length - headerStart);
  }
  const header = new TextDecoder().decode(bytes.subarray(headerStart, headerEnd));
  const dtype = readDtype(header, file);
  if (!/'fortran_order':\s*False/.test(header)) {
    throw invalid(file, "C order (fortran_order False)", "Fortran order; save numpy.ascontiguousarray(x)");
  }
  const shape = readShape(header, file);
  const size = shape.reduce((product, length) => product * length, 1) * widths[dtype];
  const got = bytes.length - headerEnd;
  if (got < size) throw truncated(file, `${size} bytes for [${shape.join(", ")}] of ${dtype}`, got);
  if (got > size) throw invalid(file, `${size} bytes for [${shape.join(", ")}] of ${dtype}`, `${got}`);
  // Copied: typed arrays of wider numbers need an aligned start.
  const buffer = bytes.slice(headerEnd).buffer;
  return { dtype, shape, values: decoders[dtype](buffer, file) };
}

function readDtype(header: string, file: string): Dtype {
  const descr = /'descr':\s*(?:'([^']*)'|(.))/.exec(header);
  if (!descr) throw invalid(file, "a field 'descr' in the header", "none");
  const [, name, other] = descr;
  if (name === undefined) throw invalid(file, "an array of plain numbers", `a structured one (descr ${other}...)`);
  const order = name[0];
  const type = name.slice(1);
  const dtype = (Object.keys(widths) as Dtype[]).find((known) => known === type);
  if (!dtype) {
    const what = type === "O" ? "objects (a pickle, which is never run)" : `dtype '${name}'`;
    throw invalid(file, `dtype ${Object.keys(widths).join(", ")}`, what);
  }
  if (order === ">" && widths[dtype] > 1) {
    throw invalid(file, "little-endian numbers", `big-endian ones ('${name}'); save x.astype('<${dtype}')`);
  }
  return dtype;
}

function readShape(header: string, file: string): number[] {
  const tuple = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  const parts = tuple?.split(",").map((part) => part.trim());
  // A Python tuple of one ends in a comma; an empty one is a scalar.
  if (parts?.at(-1) === "") parts.pop();
  if (!parts || parts.length > 32 || parts.some((part) => !/^\d{1,15}L?$/.test(part))) {
    throw invalid(file, "a shape such as (100, 28, 28)", tuple === undefined ? "none" : `(${tuple.slice(0, 80)})`);
  }
  return parts.map((part) => Number.parseInt(part, 10));
}

const invalid = (file: string, expected: string, got: string): EngineError =>
  new EngineError("invalid-file", `'${file}': expected ${expected}, got ${got}`);
const truncated = (file: string, expected: string, got: number): EngineError =>
  new EngineError("truncated-file", `'${file}': expected ${expected}, got ${got}; the file is cut off`);
