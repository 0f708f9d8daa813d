/**
 * The one place that knows how tfjs' wasm backend keeps its memory: where the WebAssembly.Memory is, what address a
 * tensor has, how to allocate. Emscripten's module object is read after the backend has started; the one thing changed
 * is that others may be told of the backend's end.
 */
import type * as tf from "@tensorflow/tfjs-core";
import type { WasmBackend } from "./wasm-types";

interface EmscriptenModule {
  /** Exports of the instance; the single-threaded builds export their memory, under a name that may be minified. */
  readonly asm?: Readonly<Record<string, unknown>>;
  /** The threaded build makes its memory in JavaScript and may keep it here. */
  readonly wasmMemory?: unknown;
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

const emscripten = (backend: WasmBackend): EmscriptenModule => backend.wasm as unknown as EmscriptenModule;

/** The backend's memory, or null where this build of tfjs does not give it away. */
export function memoryOf(backend: WasmBackend): WebAssembly.Memory | null {
  const module = emscripten(backend);
  if (module.wasmMemory instanceof WebAssembly.Memory) return module.wasmMemory;
  const exported = Object.values(module.asm ?? {}).find((value) => value instanceof WebAssembly.Memory);
  // It must be the memory the tensors are in.
  return exported instanceof WebAssembly.Memory && exported.buffer === module.HEAPU8.buffer ? exported : null;
}

/** Byte offset of a tensor's data; the data are moved to this backend first if they are on another. */
export function pointerOf(backend: WasmBackend, info: tf.TensorInfo): number {
  return backend.getMemoryOffset(info.dataId);
}

/** Allocates bytes on the backend's heap. Throws when there is no room. */
export function allocate(backend: WasmBackend, bytes: number): number {
  // Addresses above 2 GiB come back negative.
  const pointer = emscripten(backend)._malloc(bytes) >>> 0;
  if (pointer === 0) throw new Error(`${bytes} bytes of WebAssembly memory were expected, got none`);
  return pointer;
}

export function release(backend: WasmBackend, pointer: number): void {
  emscripten(backend)._free(pointer);
}

/** Has something done before the backend is disposed of, while its memory is still there. */
export function onDispose(backend: WasmBackend, act: () => void): void {
  const dispose = backend.dispose.bind(backend);
  backend.dispose = () => {
    act();
    dispose();
  };
}
