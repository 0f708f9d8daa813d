/**
 * Makes a WebAssembly binary declare its memory as shared, so that several threads can compute on it: one flag in the
 * section where the memory is defined or imported. The code itself is untouched and knows of no threads.
 * Source: WebAssembly core specification 2.0, section 5.5, and the threads proposal for the flag.
 */

const IMPORT_SECTION = 2;
const MEMORY_SECTION = 5;
/** Kinds of imports. */
const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;
/** Flags of a memory's limits. A shared memory must have a maximum. */
const WITH_MAXIMUM = 1;
const SHARED_WITH_MAXIMUM = 3;
const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

export interface SharedBinary {
  readonly binary: Uint8Array<ArrayBuffer>;
  /** Of the memory, in pages of 64 KiB. */
  readonly initialPages: number;
  readonly maximumPages: number;
}

/**
 * A copy of a module whose one memory, defined or imported, is shared.
 *
 * @throws Error when it is no module of version 1, is cut short, or has not exactly one memory with a maximum
 */
export function withSharedMemory(original: Uint8Array): SharedBinary {
  const binary = Uint8Array.from(original);
  const reader = new Reader(binary);
  if (!MAGIC.every((byte) => reader.byte() === byte))
    throw new Error("a WebAssembly module of version 1 was expected, got another magic number");
  const found: number[] = [];
  while (!reader.atEnd) {
    const id = reader.byte();
    const size = reader.unsigned();
    const end = reader.position + size;
    if (id === IMPORT_SECTION) found.push(...importedMemories(reader));
    if (id === MEMORY_SECTION) found.push(...definedMemories(reader));
    reader.goTo(end);
  }
  const [flags] = found;
  if (flags === undefined || found.length > 1)
    throw new Error(`one memory was expected in a WebAssembly module, got ${found.length}`);
  if (binary[flags] !== WITH_MAXIMUM && binary[flags] !== SHARED_WITH_MAXIMUM)
    throw new Error(`a memory with a maximum was expected, got limits of kind ${binary[flags]}`);
  binary[flags] = SHARED_WITH_MAXIMUM;
  reader.goTo(flags + 1);
  return { binary, initialPages: reader.unsigned(), maximumPages: reader.unsigned() };
}

/** Positions of the flags of the memories that are defined; the reader is at their section. */
function definedMemories(reader: Reader): number[] {
  return Array.from({ length: reader.unsigned() }, () => reader.limits());
}

/** Positions of the flags of the memories that are imported. */
function importedMemories(reader: Reader): number[] {
  const found: number[] = [];
  for (let left = reader.unsigned(); left > 0; left--) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === FUNCTION) reader.unsigned();
    else if (kind === TABLE) {
      reader.byte();
      reader.limits();
    } else if (kind === MEMORY) found.push(reader.limits());
    else if (kind === GLOBAL) {
      reader.byte();
      reader.byte();
    } else throw new Error(`an import of a function, table, memory or global was expected, got kind ${kind}`);
  }
  return found;
}

class Reader {
  position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get atEnd(): boolean {
    return this.position === this.bytes.length;
  }

  goTo(position: number): void {
    if (position > this.bytes.length)
      throw new Error(`${position} bytes were expected in a WebAssembly module, got ${this.bytes.length}`);
    this.position = position;
  }

  byte(): number {
    const at = this.position;
    this.goTo(at + 1);
    return this.bytes[at]!;
  }

  /** An unsigned number of at most 32 bits in LEB128: seven bits a byte, the lowest first. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error("a number of at most 32 bits was expected in a WebAssembly module, got a longer one");
  }

  name(): void {
    const length = this.unsigned();
    this.goTo(this.position + length);
  }

  /** Passes a memory's or table's limits; returns where their flags are. */
  limits(): number {
    const at = this.position;
    const flags = this.byte();
    this.unsigned();
    if ((flags & WITH_MAXIMUM) !== 0) this.unsigned();
    return at;
  }
}
