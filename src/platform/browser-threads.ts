/** Threads of compiled kernels in a browser: workers, where the page is isolated so that memory may be shared. */
import type { KernelThreads } from "#engine/core/ports";
import { allReady, MAX_THREADS, type StartingThread } from "./start-threads";

export function browserThreads(): KernelThreads {
  const { navigator, crossOriginIsolated = false } = globalThis as Partial<typeof globalThis>;
  const cores = Math.min(navigator?.hardwareConcurrency ?? 1, MAX_THREADS);
  const unavailable = !crossOriginIsolated ? "not isolated" : cores === 1 ? "one core" : undefined;
  return {
    available: unavailable === undefined ? cores : 1,
    ...(unavailable === undefined ? {} : { unavailable }),
    async readBinary(url) {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`a file was expected at '${url}', got status ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    },
    start: (messages) => allReady(messages.map(startThread)),
  };
}

function startThread(message: unknown): StartingThread {
  const worker = new Worker(new URL("./kernel-thread.worker.ts", import.meta.url), { type: "module" });
  const ready = new Promise<void>((resolve, reject) => {
    worker.addEventListener("message", () => resolve(), { once: true });
    worker.addEventListener("error", (event) => {
      reject(new Error(`a thread was expected to serve, got ${event.message || "none"}`));
    });
  });
  worker.postMessage(message);
  return { ready, end: () => worker.terminate() };
}
