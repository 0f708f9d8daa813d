/**
 * Yielding to the host's message queue. In a browser over one kept MessageChannel: `setTimeout` waits 4 ms once nested,
 * and `scheduler.yield` runs before waiting messages, so that a "stop" would never be seen. In Node by setImmediate:
 * Node empties one port up to a thousand messages deep before it looks at the next, so there a channel would starve the
 * others, and the check phase follows the one in which messages, signals and sockets are handled.
 */

const host = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };

/** A function that resolves once messages that were waiting when it was called have had their turn. */
export function createHostYield(): () => Promise<void> {
  const { setImmediate } = host;
  if (setImmediate) return () => new Promise((resolve) => setImmediate(resolve));
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}
