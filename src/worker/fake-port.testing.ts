/** For tests only: a port whose other end is the test, in one thread and at once. */
import type { HostMessage, Port, RequestMessage } from "./protocol";

export interface FakePort {
  readonly port: Port;
  /** What was posted and not yet taken. */
  take(): RequestMessage[];
  /** As if the other end had posted it. */
  say(message: HostMessage): void;
  readonly listeners: number;
}

export function fakePort(): FakePort {
  const listeners = new Set<(event: MessageEvent) => void>();
  const posted: RequestMessage[] = [];
  return {
    port: {
      postMessage: (message) => void posted.push(structuredClone(message) as RequestMessage),
      addEventListener: (_, listener) => void listeners.add(listener),
      removeEventListener: (_, listener) => void listeners.delete(listener),
    },
    take: () => posted.splice(0),
    say(message) {
      for (const listener of [...listeners]) listener(new MessageEvent("message", { data: structuredClone(message) }));
    },
    get listeners() {
      return listeners.size;
    },
  };
}
