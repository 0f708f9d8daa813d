/**
 * The engine's end of the protocol: answers requests on a port (a worker's global scope, or one end of a MessageChannel).
 * Every request is answered, with a result or with an error as data.
 */
import { EngineError, losesEngine, toErrorData } from "#engine/core/errors";
import { type Node, weightedNodes } from "#engine/core/network";
import { openDataset } from "#engine/datasets/dataset";
import { datasetIds } from "#engine/datasets/manifest";
import { readZoo } from "#engine/zoo/manifest";
import { openModelSource } from "#engine/run/sources";
import { scoreFile } from "#engine/run/score-file";
import { BackendKeeper, type PrepareBackend } from "./backend-keeper";
import { exportFile } from "./export-file";
import { forgetStored, importDataset, importModel, type ImportPlatform, storedItems } from "./import-files";
import { inspectFile } from "./model-report";
import type {
  ArgumentOf,
  EventMessage,
  Port,
  RequestMessage,
  RequestName,
  ResponseMessage,
  ResultOf,
} from "./protocol";
import { RunHost } from "./run-host";
import { type Emit, LoadNews } from "./run-news";
import { StudyHost } from "./study-host";
import type { Timers } from "./timers";

export interface HostDeps {
  readonly platform: ImportPlatform;
  readonly timers: Timers;
  readonly prepareBackend: PrepareBackend;
  /** Called after each preparation; calls back when the device of that backend is lost. */
  readonly watchDevice?: (onLost: (reason: string) => void) => void;
}

export interface EngineHost {
  /** Stops what computes and says no more. */
  stop(): void;
}

/** Hands bytes over to the page: their buffer is transferred, or copied first where it holds more than them. */
type Give = (bytes: Uint8Array) => Uint8Array;

/** One for each request, or it does not compile. */
type EngineHandlers = {
  readonly [N in RequestName]: (argument: ArgumentOf<N>, give: Give) => ResultOf<N> | Promise<ResultOf<N>>;
};

export function serveEngine(port: Port, deps: HostDeps): EngineHost {
  const { platform, timers, watchDevice } = deps;
  let stopped = false;
  let evaluations = 0;

  const post = (message: ResponseMessage | EventMessage, transfer: Transferable[] = []): void => {
    if (!stopped) port.postMessage(message, transfer);
  };
  const emit: Emit = (name, data) => post({ kind: "event", name, data } as EventMessage);
  const backend: BackendKeeper = new BackendKeeper(
    async (requested) => {
      const report = await deps.prepareBackend(requested);
      watchDevice?.((reason) => emit("lost", { reason }));
      emit("backend", report);
      return report;
    },
    () => runs.isBusy || studies.isBusy || evaluations > 0,
  );
  const runs: RunHost = new RunHost({ platform, timers, backend, emit });
  const studies: StudyHost = new StudyHost({ platform, timers, backend, emit });

  /** Downloads of a request that is no run. */
  async function withLoads<T>(work: (report: (loaded: number, total: number) => void) => Promise<T>): Promise<T> {
    const loads = new LoadNews(null, emit, timers);
    try {
      return await work((loaded, total) => loads.report("dataset", loaded, total));
    } finally {
      loads.finish();
    }
  }

  const handlers: EngineHandlers = {
    prepare: (argument) => backend.prepare(argument.backend),

    async run({ runId, document }, give) {
      const summary = await runs.run(runId, document);
      return { ...summary, artefact: { ...summary.artefact, bytes: give(summary.artefact.bytes) } };
    },
    cancel: ({ runId }) => ({ was: runs.cancel(runId) }),
    pause: ({ runId }) => ({ was: runs.steer(runId, (control) => control.pause()) }),
    resume: ({ runId }) => ({ was: runs.steer(runId, (control) => control.resume()) }),
    step: ({ runId }) => ({ was: runs.steer(runId, (control) => control.step()) }),
    boundaryFile({ runId }, give) {
      const { bytes, point } = runs.boundaryFile(runId);
      return { bytes: give(bytes), point };
    },

    preview: (request) => studies.preview(request),
    scan: (request) => studies.scan(request),
    stopStudy: ({ studyId }) => ({ found: studies.stop(studyId) }),

    zoo: async () => (await readZoo(platform)).networks,
    datasets: () => Promise.all(datasetIds.map(async (id) => (await openDataset(id, platform)).info)),

    async layers({ source, dataset }) {
      const { info } = await openDataset(dataset, platform);
      const { network } = (await openModelSource(source, 0, info, platform)).snapshot;
      const ids = (nodes: readonly Node[]) => nodes.map(({ id }) => id);
      return { all: ids(network.nodes.filter(({ op }) => op !== "input")), weighted: ids(weightedNodes(network)) };
    },
    inspect: ({ file }) => inspectFile(file),
    async evaluate(request) {
      evaluations++;
      try {
        await backend.current();
        return await withLoads((report) => scoreFile(request, platform, report));
      } finally {
        evaluations--;
      }
    },
    exportModel: ({ bytes, format }, give) =>
      exportFile(bytes, format).map((file) => ({ name: file.name, bytes: give(file.bytes) })),

    openModel: ({ files }) => importModel(files, platform),
    openDataset: ({ files }) => importDataset(files, platform),
    stored: () => storedItems(platform.files),
    forget: async ({ source }) => ({ found: await forgetStored(source, platform.files) }),
  };

  async function answer({ id, name, argument }: RequestMessage): Promise<void> {
    const transfer: Transferable[] = [];
    const give: Give = (bytes) => {
      const own =
        bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
      transfer.push(own.buffer as ArrayBuffer);
      return own;
    };
    try {
      if (!Object.hasOwn(handlers, name)) {
        throw new EngineError(
          "usage",
          `expected a request among ${Object.keys(handlers).join(", ")}, got '${String(name)}'`,
        );
      }
      const handle = handlers[name] as (argument: unknown, give: Give) => unknown;
      post({ kind: "result", id, value: await handle(argument, give) }, transfer);
    } catch (error) {
      fail(id, error);
    }
  }

  function fail(id: number, error: unknown): void {
    if (!(error instanceof EngineError))
      emit("log", { level: "error", message: (error instanceof Error && error.stack) || String(error) });
    // A trap leaves the backend's memory as it was in the middle of a kernel: nothing that it computes can be trusted.
    if (losesEngine(error)) emit("lost", { reason: toErrorData(error).message });
    post({ kind: "error", id, error: toErrorData(error) });
  }

  const receive = ({ data }: MessageEvent<unknown>): void => {
    if (isRequest(data)) void answer(data);
    else
      emit("log", { level: "error", message: `expected a request { kind, id, name, argument }, got ${shown(data)}` });
  };
  port.addEventListener("message", receive);
  port.start?.();

  return {
    stop() {
      stopped = true;
      port.removeEventListener("message", receive);
      runs.cancelAll();
      studies.stopAll();
    },
  };
}

const isRequest = (data: unknown): data is RequestMessage =>
  typeof data === "object" &&
  data !== null &&
  "kind" in data &&
  data.kind === "request" &&
  "id" in data &&
  typeof data.id === "number" &&
  "name" in data;

function shown(data: unknown): string {
  try {
    return JSON.stringify(data)?.slice(0, 200) ?? String(data);
  } catch {
    return typeof data;
  }
}
