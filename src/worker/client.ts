/** The page's end of the protocol, over any port: calls become promises, errors get their class back. */
import { EngineError, fromErrorData } from "#engine/core/errors";
import { EventHub } from "./event-hub";
import type { ArgumentOf, EngineClient, HostMessage, Port, RequestMessage, RequestName, ResultOf } from "./protocol";

interface PendingCall {
  resolve(value: unknown): void;
  reject(error: EngineError): void;
}

const gone = () => new EngineError("engine-died", "expected a running engine, got one that was ended");

/** @param events where events go; one of its own by default */
export function connectEngine(port: Port, events = new EventHub()): EngineClient {
  const pending = new Map<number, PendingCall>();
  let nextId = 0;
  let closed = false;

  const receive = ({ data }: MessageEvent<HostMessage>): void => {
    if (data.kind === "event") {
      events.emit(data);
      return;
    }
    // For whoever spawned it.
    if (data.kind === "alive") return;
    const call = pending.get(data.id);
    pending.delete(data.id);
    if (data.kind === "result") call?.resolve(data.value);
    else call?.reject(fromErrorData(data.error));
  };
  port.addEventListener("message", receive);
  port.start?.();

  return {
    call<N extends RequestName>(name: N, ...[argument]: ArgumentOf<N> extends void ? [] : [ArgumentOf<N>]) {
      return new Promise<ResultOf<N>>((resolve, reject) => {
        if (closed) throw gone();
        const id = nextId++;
        // Throws, and so rejects, for an argument that cannot be cloned.
        port.postMessage({ kind: "request", id, name, argument } as RequestMessage, []);
        pending.set(id, { resolve: (value) => resolve(value as ResultOf<N>), reject });
      });
    },
    on: (name, listener) => events.on(name, listener),
    close() {
      closed = true;
      port.removeEventListener("message", receive);
      for (const call of pending.values()) call.reject(gone());
      pending.clear();
    },
  };
}
