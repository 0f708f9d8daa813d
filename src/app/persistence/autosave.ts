/** Saves some time after the last change, one at a time: what changes while it saves is saved after it. */
import type { KeepingState } from "../stores/keeping-store";
import type { Kept } from "./page-storage";

/** Calls back once, `ms` from now. @returns takes it back */
export type After = (ms: number, callback: () => void) => () => void;

export interface Autosave {
  changed(): void;
  /** Saves at once what waits to be saved, if anything does. */
  flush(): Promise<void>;
  /** Whether there is a change that no save has begun for. */
  readonly waits: boolean;
}

export interface AutosaveOptions {
  /** Takes what is to be saved before it first waits. */
  readonly save: () => Promise<Kept>;
  readonly after: After;
  readonly onState: (state: KeepingState["state"]) => void;
  readonly delayMs?: number;
}

export function createAutosave({ save, after, onState, delayMs = 300 }: AutosaveOptions): Autosave {
  let cancel: (() => void) | undefined;
  /** Saves under way, one behind the other. */
  let tail: Promise<void> = Promise.resolve();
  let underWay = 0;

  const begin = (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    // Begun at once where nothing is under way: a page that is left gives no second chance.
    const saving = underWay === 0 ? save() : tail.then(save);
    underWay++;
    tail = saving.then(
      (kept) => settle(kept),
      () => settle("failed"),
    );
    return tail;
  };
  const settle = (kept: Kept): void => {
    underWay--;
    if (underWay === 0 && !cancel) onState(kept);
  };

  return {
    changed() {
      cancel?.();
      cancel = after(delayMs, () => void begin());
      onState("saving");
    },
    flush: () => (cancel ? begin() : tail),
    get waits() {
      return cancel !== undefined;
    },
  };
}
