/**
 * The accuracy guard of a pruning clip: after each decision has had its recovery (the training up to the next decision,
 * or to the clip's end) the validation accuracy is compared with that at the clip's start. Where it has fallen by more
 * than the limit, the network goes back to what it was before that decision, and the clip decides nothing more.
 */
import type { Snapshot } from "../core/snapshot";

export interface GuardState {
  /** Validation accuracy at the clip's start. */
  readonly reference: number;
  readonly stopped: boolean;
  /** The network before the last decision, while that is not yet judged. */
  readonly before: Snapshot | undefined;
}

/** What a guard looks at. */
export interface GuardedModel {
  snapshot(): Promise<Snapshot>;
  accuracy(snapshot: Snapshot): Promise<number>;
  restore(snapshot: Snapshot): void;
}

/** What came of a decision. Accuracies are fractions in [0, 1]. */
export interface Verdict {
  readonly takenBack: boolean;
  readonly reference: number;
  readonly accuracy: number;
  readonly allowed: number;
}

/** No guard: an accuracy cannot fall by more. */
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
      reference: await model.accuracy(await model.snapshot()),
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
    const accuracy = await this.#model.accuracy(await this.#model.snapshot());
    // A drop of exactly the limit is allowed; the epsilon is below one image of any validation set.
    const stopped = reference - accuracy > this.#maximumDrop + 1e-9;
    if (stopped) this.#model.restore(before);
    this.#state = { reference, stopped, before: undefined };
    return { takenBack: stopped, reference, accuracy, allowed: this.#maximumDrop };
  }
}
