/** What the engine has: its backend, the networks and data sets that ship with the studio, and what the user stored. */
import { createStore, type StoreApi } from "zustand/vanilla";
import { toErrorData } from "../../engine/core/errors";
import type {
  BackendReport,
  DatasetInfo,
  EngineClient,
  EngineErrorData,
  RequestedBackend,
  StoredItem,
  ZooEntry,
} from "../../worker/protocol";

export interface LibraryState {
  /** Null until one is prepared. */
  readonly backend: BackendReport | null;
  readonly requested: RequestedBackend;
  readonly zoo: readonly ZooEntry[];
  readonly datasets: readonly DatasetInfo[];
  readonly stored: readonly StoredItem[];
  /** Why any of these could not be had. */
  readonly error: EngineErrorData | null;

  /** Asks for all of them. */
  load(): Promise<void>;
  /** @throws EngineError `backend-unavailable` */
  prepare(backend: RequestedBackend): Promise<void>;
  /** After something was stored or forgotten. */
  refreshStored(): Promise<void>;
}

export type LibraryStore = StoreApi<LibraryState>;

export function createLibraryStore(engine: EngineClient): LibraryStore {
  return createStore<LibraryState>()((set, get) => {
    engine.on("backend", (backend) => set({ backend }));
    return {
      backend: null,
      requested: "auto",
      zoo: [],
      datasets: [],
      stored: [],
      error: null,
      async load() {
        try {
          const [zoo, datasets, stored] = await Promise.all([
            engine.call("zoo"),
            engine.call("datasets"),
            engine.call("stored"),
          ]);
          set({ zoo, datasets, stored, error: null });
        } catch (error) {
          set({ error: toErrorData(error) });
        }
      },
      async prepare(requested) {
        const before = get().requested;
        set({ requested });
        try {
          set({ backend: await engine.call("prepare", { backend: requested }) });
        } catch (error) {
          set({ requested: before });
          throw error;
        }
      },
      async refreshStored() {
        try {
          set({ stored: await engine.call("stored") });
        } catch (error) {
          set({ error: toErrorData(error) });
        }
      },
    };
  });
}
