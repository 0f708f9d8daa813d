/** The one place that starts the engine's worker. Light: the page loads it. */
import type { EngineClient, HostMessage } from "./protocol";
import { type EngineProcess, superviseEngine } from "./supervise";
import { systemTimers } from "./timers";

/** The engine of a page. It is started again when it dies. */
export const spawnEngine = (): EngineClient => superviseEngine({ spawn: spawnWorker, timers: systemTimers });

function spawnWorker(): EngineProcess {
  // The name tells the worker where the page lies: its own script lies somewhere below, and cannot know where.
  const name = new URL(import.meta.env.BASE_URL, document.baseURI).href;
  const worker = new Worker(new URL("./engine.worker.ts", import.meta.url), { name, type: "module" });
  return {
    port: worker,
    onDeath(listener) {
      // Not prevented: the stack belongs in the console.
      worker.addEventListener("error", ({ message }) => listener(message || "its script could not be loaded"));
      worker.addEventListener("messageerror", () => listener("it sent what could not be read"));
      // A worker that is ended from outside, or closes itself, fires no event at all.
      worker.addEventListener("message", ({ data }: MessageEvent<HostMessage>) => {
        if (data.kind === "alive") void navigator.locks.request(data.lock, () => listener("it ended"));
      });
    },
    terminate: () => worker.terminate(),
  };
}
