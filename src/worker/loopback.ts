/**
 * The whole protocol over a MessageChannel in one thread: for tests and Node. Structured clone and transfer are the real
 * ones. The host can be killed, which is as near to a dying worker as one thread comes.
 */
import { connectEngine } from "./client";
import { type HostDeps, serveEngine } from "./host";
import type { EngineClient, Port } from "./protocol";
import type { EngineProcess } from "./supervise";

export interface LoopbackProcess extends EngineProcess {
  /** Dies as a worker does that crashes: nothing more comes from it, and whoever listens is told. */
  kill(reason?: string): void;
}

/** One engine, to be supervised. What outlives it (stored files, boundary states) is in `deps.platform`. */
export function loopbackProcess(deps: HostDeps): LoopbackProcess {
  const { port1, port2 } = new MessageChannel();
  const host = serveEngine(port2 as Port, deps);
  const listeners: ((reason: string) => void)[] = [];
  const end = () => {
    host.stop();
    port1.close();
  };
  return {
    port: port1 as Port,
    onDeath: (listener) => void listeners.push(listener),
    terminate: end,
    kill(reason = "it was killed") {
      end();
      for (const listener of listeners) listener(reason);
    },
  };
}

/** An engine without supervision. */
export function loopbackEngine(deps: HostDeps): EngineClient {
  const { port, terminate } = loopbackProcess(deps);
  const client = connectEngine(port);
  return {
    ...client,
    close() {
      client.close();
      terminate();
    },
  };
}
