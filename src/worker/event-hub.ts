/** Who listens to which event. */
import type { EngineEvents, EventMessage, EventName } from "./protocol";

type AnyListener = (data: EngineEvents[EventName]) => void;

export class EventHub {
  readonly #listeners = new Map<EventName, Set<AnyListener>>();

  /** @returns stops listening */
  on<N extends EventName>(name: N, listener: (data: EngineEvents[N]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    // One listener may be added twice; each is taken off by itself.
    const own: AnyListener = (data) => listener(data as EngineEvents[N]);
    listeners.add(own);
    return () => listeners.delete(own);
  }

  emit({ name, data }: EventMessage): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(data);
  }
}
