/** Whether what the person made is kept, and where. Written by `persistence/`, shown by the status line. */
import { createStore, type StoreApi } from "zustand/vanilla";

export interface KeepingState {
  /** `memory`: this browser keeps nothing for the page; `failed`: the last attempt, the next edit tries again. */
  readonly state: "saved" | "saving" | "failed" | "memory";
  set(fields: Partial<Omit<KeepingState, "set">>): void;
}

export type KeepingStore = StoreApi<KeepingState>;

export const createKeepingStore = (): KeepingStore =>
  createStore<KeepingState>()((set) => ({ state: "saving", set: (fields) => set(fields) }));
