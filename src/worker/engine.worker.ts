/// <reference types="vite/client" />
/** The entry of the engine's worker in a browser: the ports of the browser, the stores that outlive it, the host. */
import wasm from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import wasmSimd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import wasmThreadedSimd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import { prepareBackend } from "#engine/backend/choose";
import { createBrowserPlatform } from "#platform/browser";
import { watchDevice } from "./device-loss";
import { createFileStore } from "./file-store";
import { serveEngine } from "./host";
import { openKeyValues } from "./indexed-db";
import { laterKeyValues, memoryKeyValues } from "./key-values";
import type { AliveMessage, EventMessage, Port } from "./protocol";
import { stateCache } from "./state-cache";
import { systemTimers } from "./timers";

const warn = (what: string, error: unknown): void => {
  const event: EventMessage = {
    kind: "event",
    name: "log",
    data: { level: "warning", message: `${what}: ${String(error)}` },
  };
  self.postMessage(event);
};

/** A browser may forbid its database, in a private window for one: then things are kept as long as the worker lives. */
const stores = openKeyValues("compression-studio", ["files", "states"]).catch((error: unknown) => {
  warn("expected IndexedDB to keep files and states in, got none", error);
  return { files: memoryKeyValues(), states: memoryKeyValues() };
});

const absolute = (url: string): string => new URL(url, self.location.href).href;
const wasmPaths = {
  "tfjs-backend-wasm.wasm": absolute(wasm),
  "tfjs-backend-wasm-simd.wasm": absolute(wasmSimd),
  "tfjs-backend-wasm-threaded-simd.wasm": absolute(wasmThreadedSimd),
};

const files = createFileStore(laterKeyValues(stores.then((s) => s.files)));
const cache = stateCache(laterKeyValues(stores.then((s) => s.states)), (error) =>
  warn("expected to keep the state of a run, got a failure", error),
);

// `spawn.ts` gives the page's own address as the worker's name.
const platform = { ...createBrowserPlatform({ baseUrl: self.name, wasmPaths, files, cache }), files };

self.addEventListener("unhandledrejection", ({ reason }) =>
  warn("expected every failure to be handled, got one that was not", reason),
);

// Answers at once: the listener must be there before the first message is.
serveEngine(self as unknown as Port, {
  platform,
  timers: systemTimers,
  prepareBackend: (requested) =>
    prepareBackend({
      requested,
      wasmPaths,
      now: systemTimers.now,
      threads: platform.threads && { host: platform.threads },
    }),
  watchDevice,
});

// Without Web Locks, as in an insecure context, an end that fires no event is seen when a stop is not obeyed.
const lock = `engine-${systemTimers.now()}-${crypto.getRandomValues(new Uint32Array(1))[0]!}`;
void navigator.locks?.request(lock, () => {
  self.postMessage({ kind: "alive", lock } satisfies AliveMessage);
  // Held until the browser takes it back.
  return new Promise(() => undefined);
});
