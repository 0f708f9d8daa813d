import { describe, expect, it } from "vitest";
import { createStore } from "zustand/vanilla";
import { laggingStore } from "./lagging-store";

/** Tasks that are run when the test says so. */
function tasks() {
  const waiting = new Set<() => void>();
  return {
    waiting,
    later: (work: () => void) => {
      waiting.add(work);
      return () => void waiting.delete(work);
    },
    run() {
      for (const work of [...waiting]) {
        waiting.delete(work);
        work();
      }
    },
  };
}

describe("a lagging store", () => {
  it("takes the latest of many changes, in one task", () => {
    const ahead = createStore<{ readonly n: number }>()(() => ({ n: 0 }));
    const { later, run, waiting } = tasks();
    const store = laggingStore(ahead, later);
    store.follow();
    ahead.setState({ n: 1 });
    ahead.setState({ n: 2 });
    expect([store.getState().n, waiting.size]).toEqual([0, 1]);
    run();
    expect(store.getState()).toBe(ahead.getState());
  });

  it("begins with what there is, and ends when it is told to", () => {
    const ahead = createStore<{ readonly n: number }>()(() => ({ n: 0 }));
    const { later, run } = tasks();
    const store = laggingStore(ahead, later);
    ahead.setState({ n: 3 });
    const stop = store.follow();
    expect(store.getState().n).toBe(3);
    ahead.setState({ n: 4 });
    stop();
    run();
    expect(store.getState().n).toBe(3);
  });
});
