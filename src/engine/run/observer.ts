/** What a run tells besides its points, and how far it is. */
import type { Snapshot } from "../core/snapshot";
import type { Clip } from "../document/document";
import type { DecisionTrace } from "./decisions";
import type { LossChunk } from "./losses";
import type { Measurement } from "./measure";
import type { LoadProgress } from "./run-data";
import type { TrialProgress } from "./trial";

export interface RunProgress {
  /** On the timeline. */
  readonly step: number;
  readonly steps: number;
  /** Of those that train. */
  readonly trained: number;
  readonly toTrain: number;
  /** Optimizer steps of all trials so far, beside the axis; absent where there was none. */
  readonly trialSteps?: number;
  /** The trial that is going on. */
  readonly trial?: TrialProgress;
}

/** News of a run besides its points. All optional; called on the run's own thread. */
export interface RunObserver {
  onLoad?: LoadProgress;
  onProgress?(progress: RunProgress): void;
  onLosses?(chunk: LossChunk): void;
  /** The file at a boundary: what stays when the run is stopped later. */
  onBoundary?(measurement: Measurement): void;
  /** A pruning clip changed the network, or its guard took a change back; told again where a run goes on behind it. */
  onDecision?(trace: DecisionTrace): void;
  /** Before a clip's first hook; what it throws ends the run. */
  onStart?(clip: Clip, snapshot: () => Promise<Snapshot>): Promise<void>;
  /** The run goes on from a kept state; `step` is where. */
  onRestored?(step: number): void;
}
