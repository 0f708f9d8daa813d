/**
 * The accuracy guard of a pruning clip: after each decision has had its recovery (the training up to the next decision,
 * or to the clip's end) the task's main figure on the validation images is compared with that at the clip's start. Where it
 * has fallen by more than the limit, what that decision took comes back (`surgery/take-back.ts`), and the clip decides
 * nothing more. What others have done since, training among it, stays.
 */
import type { Snapshot } from "../core/snapshot";
import { type Decision, takeBack } from "../surgery/take-back";
import { merit, type MetricId } from "../tasks/metrics/catalogue";

/** The decision that is not judged yet. */
export interface PendingDecision extends Decision {
  /** Larger than that of every decision that was pending when it was taken. */
  readonly order: number;
}

export interface GuardState {
  /** Validation score at the clip's start; more is better. */
  readonly reference: number;
  readonly stopped: boolean;
  readonly pending: PendingDecision | undefined;
}

/** What a guard looks at. */
export interface GuardedModel {
  /** What scores are. */
  readonly metric: MetricId;
  snapshot(): Promise<Snapshot>;
  /** Turned so that more is better. */
  score(snapshot: Snapshot): Promise<number>;
  /** The order of a decision that is taken now. */
  nextOrder(): number;
  takeBack(decision: PendingDecision): Promise<void>;
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
      pending: undefined,
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
    const before = await this.#model.snapshot();
    const order = this.#model.nextOrder();
    await decision();
    this.#state = { ...this.#state, pending: { before, after: await this.#model.snapshot(), order } };
  }

  /** Another guard took a decision back: it is none of the networks' that a later one is told by. */
  forget(other: PendingDecision): void {
    const { pending } = this.#state;
    if (!pending || pending.order < other.order) return;
    const without = (snapshot: Snapshot) => takeBack(other, snapshot)?.snapshot ?? snapshot;
    const { before, after, order } = pending;
    this.#state = { ...this.#state, pending: { before: without(before), after: without(after), order } };
  }

  /** Judges the last decision, if that has not been done. */
  async judge(): Promise<Verdict | undefined> {
    const { pending, reference } = this.#state;
    if (!pending) return undefined;
    const score = await this.#model.score(await this.#model.snapshot());
    // A drop of exactly the limit is allowed; the epsilon is below one image of any validation set.
    const stopped = reference - score > this.#maximumDrop + 1e-9;
    this.#state = { reference, stopped, pending: undefined };
    if (stopped) await this.#model.takeBack(pending);
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
