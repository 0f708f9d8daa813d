/**
 * Yielding to the host's message queue over one kept MessageChannel: `setTimeout` waits 4 ms once nested, and
 * `scheduler.yield` runs before waiting messages, so that a "stop" would never be seen.
 */

/** What Node's and the browser's ports have in common here. */
interface Channel {
  readonly port1: { onmessage: ((event: never) => void) | null; unref?: () => void; ref?: () => void };
  readonly port2: { postMessage(message: null): void };
}

/** A function that resolves after the messages that were waiting when it was called. */
export function createHostYield(channel: Channel = new MessageChannel() as unknown as Channel): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const { port1, port2 } = channel;
  port1.onmessage = () => {
    waiting.shift()?.();
    // Node ends when nothing is left to do; an idle port must not keep it.
    if (waiting.length === 0) port1.unref?.();
  };
  port1.unref?.();
  return () =>
    new Promise((resolve) => {
      if (waiting.length === 0) port1.ref?.();
      waiting.push(resolve);
      port2.postMessage(null);
    });
}
