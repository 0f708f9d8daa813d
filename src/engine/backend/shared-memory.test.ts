import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { wasmFolder } from "./node-wasm.testing";
import { withSharedMemory } from "./shared-memory";
import { trainingKernelsBase64 } from "./training-kernels.generated";

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const module = (...sections: number[]): Uint8Array => Uint8Array.from([...header, ...sections]);

/** Positions at which two binaries differ. */
const differences = (a: Uint8Array, b: Uint8Array): number[] => [...a.keys()].filter((i) => a[i] !== b[i]);

describe("withSharedMemory", () => {
  let tfjs = new Uint8Array();
  beforeAll(async () => {
    tfjs = Uint8Array.from(await readFile(`${wasmFolder()}tfjs-backend-wasm-simd.wasm`));
  });

  it("changes one byte of tfjs' build for one thread, which still compiles", async () => {
    const { binary, initialPages, maximumPages } = withSharedMemory(tfjs);
    expect([initialPages, maximumPages]).toEqual([256, 65536]);
    expect(differences(binary, tfjs)).toHaveLength(1);
    await expect(WebAssembly.compile(binary)).resolves.toBeInstanceOf(WebAssembly.Module);
  });

  it("has the compiled kernels import a shared memory", () => {
    const kernels = Buffer.from(trainingKernelsBase64, "base64");
    const { binary } = withSharedMemory(kernels);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const link = (bytes: Uint8Array<ArrayBuffer>) => () =>
      new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    expect(link(binary)).not.toThrow();
    expect(link(Uint8Array.from(kernels))).toThrow("shared");
  });

  it("finds the memory behind other sections and imports, whatever bytes they have", () => {
    // A custom section of what looks like a memory; imports a.b of a function of type 5, a table of 1.., a global.
    const custom = [0, 6, 1, 0x78, 5, 3, 1, 1];
    const imports = [2, 21, 3, 1, 0x61, 1, 0x62, 0, 5, 1, 0x61, 1, 0x62, 1, 0x70, 0, 1, 1, 0x61, 1, 0x62, 3, 0x7f];
    const mutable = [0];
    imports[1] = imports.length + mutable.length - 2;
    // Minimum 1, maximum 300 = 0x12c: two bytes of seven bits.
    const original = module(...custom, ...imports, ...mutable, 5, 5, 1, 1, 1, 0xac, 2);
    const { binary, initialPages, maximumPages } = withSharedMemory(original);
    expect([initialPages, maximumPages]).toEqual([1, 300]);
    expect(differences(binary, original)).toEqual([original.length - 4]);
  });

  it("leaves a shared memory as it is", () => {
    const shared = module(5, 4, 1, 3, 1, 2);
    expect(withSharedMemory(shared).binary).toEqual(shared);
  });

  it.each([
    ["no module", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), "a WebAssembly module of version 1 was expected"],
    ["no memory", module(), "one memory was expected in a WebAssembly module, got 0"],
    ["two memories", module(5, 7, 2, 1, 1, 2, 1, 1, 2), "one memory was expected in a WebAssembly module, got 2"],
    ["no maximum", module(5, 3, 1, 0, 1), "a memory with a maximum was expected, got limits of kind 0"],
    ["a section beyond the end", module(5, 9, 1, 1, 1, 2), "bytes were expected in a WebAssembly module, got 14"],
    ["a number without end", module(5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "a number of at most 32 bits"],
    ["an unknown import", module(2, 6, 1, 1, 0x61, 1, 0x62, 9), "an import of a function, table, memory or global"],
  ])("refuses %s", (_name, binary, message) => {
    expect(() => withSharedMemory(binary)).toThrow(message);
  });

  it("refuses whatever is cut short", () => {
    const whole = module(2, 12, 1, 1, 0x61, 1, 0x62, 2, 1, 1, 0xac, 2, 0, 0);
    for (let length = 0; length < whole.length; length++) {
      if (length !== 22) expect(() => withSharedMemory(whole.subarray(0, length)), `${length}`).toThrow();
    }
  });
});
