/**
 * A store that follows another one, a task later. Charts that listen to one of their own are redrawn one by one, and not
 * all in the task in which a run begins or a point comes: the main thread is free in between.
 */
import { createStore, type StoreApi } from "zustand/vanilla";

export interface LaggingStore<T> extends StoreApi<T> {
  /** Begins to follow. @returns ends it */
  follow(): () => void;
}

/** @param later runs something in a task of its own. @returns gives it up */
export function laggingStore<T>(ahead: StoreApi<T>, later: (work: () => void) => () => void): LaggingStore<T> {
  const store = createStore<T>()(() => ahead.getState());
  return {
    ...store,
    follow() {
      let giveUp: (() => void) | undefined;
      const catchUp = (): void => {
        giveUp = undefined;
        store.setState(ahead.getState(), true);
      };
      catchUp();
      const stop = ahead.subscribe(() => (giveUp ??= later(catchUp)));
      return () => {
        stop();
        giveUp?.();
      };
    },
  };
}
