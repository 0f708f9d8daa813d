/**
 * The accuracy guard of a pruning clip: after each decision has had its recovery (the training up to the next decision,
 * or to the clip's end) the task's main figure on the validation images is compared with that at the clip's start. Where it has fallen by more
 * than the limit, the network goes back to what it was before that decision, and the clip decides nothing more.
 */
import type { Snapshot } from "../core/snapshot";
import { merit, type MetricId } from "../tasks/metrics/catalogue";

export interface GuardState {
  /** Validation score at the clip's start; more is better. */
  readonly reference: number;
  readonly stopped: boolean;
  /** The network before the last decision, while that is not yet judged. */
  readonly before: Snapshot | undefined;
}

/** What a guard looks at. */
export interface GuardedModel {
  /** What scores are. */
  readonly metric: MetricId;
  snapshot(): Promise<Snapshot>;
  /** Turned so that more is better. */
  score(snapshot: Snapshot): Promise<number>;
  restore(snapshot: Snapshot): void;
}

/** What came of a decision; the scores as the metric has them. */
export interface Verdict {
  readonly takenBack: boolean;
  readonly metric: MetricId;
  readonly reference: number;
  readonly score: number;
  readonly allowed: number;
}

/** No guard: a share cannot fall by more. */
export const guardOff = 1;

export class AccuracyGuard {
  readonly #maximumDrop: number;
  readonly #model: GuardedModel;
  #state: GuardState;

  private constructor(maximumDrop: number, model: GuardedModel, state: GuardState) {
    this.#maximumDrop = maximumDrop;
    this.#model = model;
    this.#state = state;
  }

  /** @param maximumDrop fraction in [0, 1) @param kept of a checkpoint inside the clip */
  static async begin(maximumDrop: number, model: GuardedModel, kept: GuardState | undefined): Promise<AccuracyGuard> {
    const state = kept ?? {
      reference: await model.score(await model.snapshot()),
      stopped: false,
      before: undefined,
    };
    return new AccuracyGuard(maximumDrop, model, state);
  }

  get state(): GuardState {
    return this.#state;
  }

  /** Judges the decision before, then takes this one unless the clip has stopped. */
  async decide(decision: () => Promise<void>): Promise<void> {
    await this.judge();
    if (this.#state.stopped) return;
    this.#state = { ...this.#state, before: await this.#model.snapshot() };
    await decision();
  }

  /** Judges the last decision, if that has not been done. */
  async judge(): Promise<Verdict | undefined> {
    const { before, reference } = this.#state;
    if (!before) return undefined;
    const score = await this.#model.score(await this.#model.snapshot());
    // A drop of exactly the limit is allowed; the epsilon is below one image of any validation set.
    const stopped = reference - score > this.#maximumDrop + 1e-9;
    if (stopped) this.#model.restore(before);
    this.#state = { reference, stopped, before: undefined };
    const { metric } = this.#model;
    return {
      takenBack: stopped,
      metric,
      reference: merit(metric, reference),
      score: merit(metric, score),
      allowed: this.#maximumDrop,
    };
  }
}
