/**
 * The whole conversation between the page and the engine's worker. Types only: requests as a map name -> [argument,
 * result], events as a second map, errors as data. A new request begins with a line here; the compiler finds the rest.
 */
import type { BackendName, BackendReport, RequestedBackend } from "#engine/backend/choose";
import type { EngineErrorData } from "#engine/core/errors";
import type { ActivationBreakdown, TensorBreakdown } from "#engine/codecs/snapshot-plan";
import type { OpName, Shape } from "#engine/core/network";
import type { DatasetInfo } from "#engine/datasets/source";
import type { DecisionTrace, LayerTrace } from "#engine/run/decisions";
import type { TimelineDocument } from "#engine/document/document";
import type { Point } from "#engine/run/measure";
import type { DecisionPreview } from "#engine/studies/preview";
import type { RunProgress } from "#engine/run/observer";
import type { RunResult } from "#engine/run/runner";
import type { FileScore, ScoreRequest } from "#engine/run/score-file";
import type { SensitivityBase, SensitivityCell, SensitivityTable } from "#engine/document/sensitivity-plan";
import type { ZooEntry } from "#engine/zoo/manifest";

export type {
  ActivationBreakdown,
  BackendName,
  BackendReport,
  DatasetInfo,
  DecisionPreview,
  DecisionTrace,
  EngineErrorData,
  Point,
  RequestedBackend,
  FileScore,
  LayerTrace,
  ScoreRequest,
  SensitivityBase,
  SensitivityCell,
  SensitivityTable,
  TensorBreakdown,
  TimelineDocument,
  ZooEntry,
};

// ---- requests ------------------------------------------------------------------------------------------------------

/** `void` as an argument: the request takes none. All byte arrays of results are the receiver's own. */
export interface EngineRequests {
  /**
   * Starts a backend; asking again changes it, while nothing computes. Whatever computes without having asked takes
   * `auto`.
   * @throws EngineError `backend-unavailable`
   */
  prepare: [{ readonly backend: RequestedBackend }, BackendReport];

  /**
   * Executes a document. One run at a time; others wait in the order they came.
   * @throws EngineError `cancelled`, `diverged`, or what the document, its files or its clips have wrong
   */
  run: [{ readonly runId: string; readonly document: TimelineDocument }, RunSummary];
  /** The run rejects with `cancelled`: at once while it waits, at the next batch while it computes. */
  cancel: [RunRef, { readonly was: RunPhase }];
  /** Before the next optimizer step, until `resume`. */
  pause: [RunRef, { readonly was: RunPhase }];
  resume: [RunRef, { readonly was: RunPhase }];
  /** One optimizer step; the run is paused after it. */
  step: [RunRef, { readonly was: RunPhase }];
  /**
   * The file at the last boundary that a run reached: what stays of one that was stopped. Kept for the latest run only.
   * @throws EngineError `asset-missing`
   */
  boundaryFile: [RunRef, BoundaryFile];

  /**
   * What the first decision of a clip would remove or quantize; nothing is changed. Without `mayTrain` it says where the
   * network at the clip's start is still to be computed.
   * @throws EngineError `cancelled`, or as a run
   */
  preview: [StudyRef & { readonly clipId: string; readonly mayTrain: boolean }, DecisionPreview];
  /**
   * Prunes each layer alone at each ratio and scores it; told cell by cell (`sensitivity`). Trains up to the clip's start
   * where no state is kept.
   * @throws EngineError `cancelled`, `not-prunable`, or as a run
   */
  scan: [StudyRef & { readonly clipId: string | null; readonly images?: number }, SensitivityTable];
  /** A preview or a scan rejects with `cancelled` at the next batch. */
  stopStudy: [Pick<StudyRef, "studyId">, { readonly found: boolean }];

  /** The networks that ship with the studio. */
  zoo: [void, readonly ZooEntry[]];
  /** The data sets that ship with the studio. */
  datasets: [void, readonly DatasetInfo[]];

  /** Layers of the network that a source names, for a data set. @throws EngineError as a run that begins with it */
  layers: [
    { readonly source: string; readonly dataset: string },
    { readonly all: readonly string[]; readonly weighted: readonly string[] },
  ];
  /** What is in an artefact. @throws EngineError `invalid-file` and its kin */
  inspect: [{ readonly file: Uint8Array }, FileReport];
  /**
   * Scores an artefact. Without more it is scored on the test images of the document inside it, which gives exactly
   * the figure that the run gave.
   */
  evaluate: [ScoreRequest, FileScore];
  /** An artefact as files of a foreign format. */
  exportModel: [{ readonly bytes: Uint8Array; readonly format: ExportFormat }, readonly NamedFile[]];

  /** Reads and stores a network of the user's: an artefact, or a model.json with its weight files. */
  openModel: [{ readonly files: readonly NamedFile[] }, StoredModel];
  /** Reads and stores a data set of the user's: an .npz, or the four IDX files. */
  openDataset: [{ readonly files: readonly NamedFile[] }, StoredDataset];
  /** What the user has stored. */
  stored: [void, readonly StoredItem[]];
  /** Removes what `openModel` or `openDataset` stored. */
  forget: [{ readonly source: string }, { readonly found: boolean }];
}

export interface RunRef {
  readonly runId: string;
}

/** What is found out about a document without running it; the caller names it. */
export interface StudyRef {
  readonly studyId: string;
  readonly document: TimelineDocument;
}

/** Where a run was when a request about it came; `over` also when there never was such a run. */
export type RunPhase = "waiting" | "running" | "over";

/** What is left to know when a run is over; its points have been told one by one, and are here once more, all of them. */
export interface RunSummary extends Omit<RunResult, "document"> {
  /** Wall clock, from the run's turn to its end. */
  readonly seconds: number;
}

export interface BoundaryFile {
  readonly bytes: Uint8Array;
  readonly point: Point;
}

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface LayerSummary {
  readonly id: string;
  readonly op: OpName;
  readonly inputs: readonly string[];
  readonly outputShape: Shape;
  /** Scalars of its own parameters, as they are stored. */
  readonly parameters: number;
  /** Dense multiply-accumulates for one image. */
  readonly macs: number;
}

export interface NetworkSummary {
  readonly name: string;
  /** Of one image. */
  readonly inputShape: Shape;
  /** Numbers that it gives for one image: its classes. */
  readonly outputs: number;
  /** With batch normalization folded. */
  readonly parameters: number;
  readonly nonZero: number;
  readonly macs: number;
  readonly layers: readonly LayerSummary[];
}

export interface FileReport {
  readonly sizeBytes: number;
  readonly fileBytes: number;
  readonly tensors: readonly TensorBreakdown[];
  readonly activations: ActivationBreakdown;
  readonly network: NetworkSummary;
  /** The timeline document inside; null where there is none, or none that this studio reads. */
  readonly document: TimelineDocument | null;
}

export type ExportFormat = "layers-model";

export interface StoredModel {
  /** `file:<id>`: what a document's `model.source` takes. */
  readonly source: string;
  readonly kind: "artefact" | "layers-model";
  readonly network: NetworkSummary;
  /** The timeline document inside an artefact. */
  readonly document: TimelineDocument | null;
}

export interface StoredDataset {
  /** `file:<id>`: what a document's `dataset.id` takes. */
  readonly source: string;
  readonly info: DatasetInfo;
}

export interface StoredItem {
  readonly source: string;
  readonly kind: "model" | "dataset";
  readonly names: readonly string[];
  readonly bytes: number;
}

// ---- events --------------------------------------------------------------------------------------------------------

/**
 * News that the engine pushes unasked. Points, losses, progress and downloads leave at most ten times a second for each
 * run, thinned to what a chart can show; what is left over leaves before the run's end is told.
 */
export interface EngineEvents {
  /** A backend was prepared, asked for or not. */
  backend: BackendReport;
  /**
   * `started` may come twice, when the engine died and the run was sent again: points told before are void then and
   * come anew; losses come again from the step that it goes on from.
   */
  state: RunRef & RunState;
  /** In order. Points at boundaries are never thinned out. */
  points: RunRef & { readonly points: readonly Point[] };
  losses: RunRef & { readonly series: readonly LossSeries[] };
  progress: RunRef & RunProgress & { readonly etaMs: number | null };
  /** Bytes of a download, or files of the user's that were read; `runId` is null where no run asked for it. */
  load: {
    readonly runId: string | null;
    readonly what: "dataset" | "network";
    readonly loaded: number;
    readonly total: number | null;
  };
  /** A clip has ended: what its file weighs, and how it scores by class. The bytes: `boundaryFile`. */
  boundary: RunRef & BoundaryNews;
  /** A pruning clip changed the network, or its guard took a change back. Told again where a run goes on behind it. */
  decision: RunRef & { readonly trace: DecisionTrace };
  /** Of a scan, as it fills: first the base, then cells in order. */
  sensitivity: { readonly studyId: string } & (
    { readonly base: SensitivityBase } | { readonly cells: readonly SensitivityCell[] }
  );
  /** Of a preview or a scan that has to train first. */
  studyProgress: { readonly studyId: string; readonly trained: number; readonly toTrain: number };
  /** The run goes on from a kept state: what came before `step` need not be trained again. */
  restored: RunRef & { readonly step: number };
  /** For the console. */
  log: { readonly level: "info" | "warning" | "error"; readonly message: string };
  /** The engine can go on no longer: its device or its memory is lost. Whoever started it starts another. */
  lost: { readonly reason: string };
  /** Of the page's own side: another engine was started. Runs in progress were sent again once. */
  respawned: { readonly reason: string; readonly resent: readonly string[] };
}

export type RunState =
  | { readonly state: "waiting"; readonly ahead: number }
  | { readonly state: "started" }
  | { readonly state: "finished"; readonly outcome: "done" | "cancelled" | "failed" };

/** Losses of steps in ascending order; values lie on the curve, none is an average. */
export interface LossSeries {
  /** `parts[k]` belongs to `names[k]`, hard labels first. */
  readonly names: readonly string[];
  readonly steps: Uint32Array;
  readonly total: Float32Array;
  readonly parts: readonly Float32Array[];
}

export interface BoundaryNews {
  readonly point: Point;
  readonly tensors: readonly TensorBreakdown[];
  /** `[true class * classes + predicted class]` */
  readonly confusion: Uint32Array;
}

// ---- messages ------------------------------------------------------------------------------------------------------

export type RequestName = keyof EngineRequests;
export type ArgumentOf<N extends RequestName> = EngineRequests[N][0];
export type ResultOf<N extends RequestName> = EngineRequests[N][1];
export type EventName = keyof EngineEvents;

export type RequestMessage = {
  [N in RequestName]: {
    readonly kind: "request";
    readonly id: number;
    readonly name: N;
    readonly argument: ArgumentOf<N>;
  };
}[RequestName];
export type ResponseMessage =
  | { readonly kind: "result"; readonly id: number; readonly value: unknown }
  | { readonly kind: "error"; readonly id: number; readonly error: EngineErrorData };
export type EventMessage = {
  [N in EventName]: { readonly kind: "event"; readonly name: N; readonly data: EngineEvents[N] };
}[EventName];
/** The worker holds the lock that bears its name, for as long as it lives: whoever gets it knows that it is dead. */
export interface AliveMessage {
  readonly kind: "alive";
  readonly lock: string;
}
export type HostMessage = ResponseMessage | EventMessage | AliveMessage;

/** The part of Worker, MessagePort and a worker's global scope that both ends use. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  /** Of a MessagePort. */
  start?(): void;
}

/** What a caller sees: the same whether the engine is a worker, one that is started again when it dies, or a loopback. */
export interface EngineClient {
  /** @throws EngineError with code, clip and details as the engine threw it; `engine-died` when there is none left */
  call<N extends RequestName>(
    name: N,
    ...argument: ArgumentOf<N> extends void ? [] : [ArgumentOf<N>]
  ): Promise<ResultOf<N>>;
  /** @returns stops listening */
  on<N extends EventName>(name: N, listener: (data: EngineEvents[N]) => void): () => void;
  /** Ends it; calls that are under way reject with `engine-died`. */
  close(): void;
}
