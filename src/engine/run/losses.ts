/** Losses of the last steps, kept on the device and read together: a read-back at every step would stall a GPU. */
import * as tf from "@tensorflow/tfjs-core";
import { disposedAfter } from "../backend/read-together";
import { EngineError } from "../core/errors";
import type { StepLosses } from "../training/step";

/** Losses of consecutive steps; `parts[k]` belongs to `names[k]`, hard labels first. */
export interface LossChunk {
  /** The step before which the first was taken. */
  readonly firstStep: number;
  readonly total: Float32Array;
  readonly names: readonly string[];
  readonly parts: readonly Float32Array[];
}

export class LossLog {
  #kept: StepLosses[] = [];
  #names: readonly string[] = [];
  #firstStep = 0;

  get length(): number {
    return this.#kept.length;
  }

  /** Whether losses of a step with these terms belong to the chunk at hand. */
  accepts(names: readonly string[]): boolean {
    return this.#kept.length === 0 || names.join() === this.#names.join();
  }

  add(step: number, names: readonly string[], losses: StepLosses): void {
    if (this.#kept.length === 0) [this.#firstStep, this.#names] = [step, names];
    this.#kept.push(losses);
  }

  /** @throws EngineError `diverged` naming the step of the first loss that is not finite */
  async flush(): Promise<LossChunk | undefined> {
    const kept = this.#kept;
    if (kept.length === 0) return undefined;
    this.#kept = [];
    const width = 1 + this.#names.length;
    const all = kept.flatMap(({ total, parts }) => [total, ...parts]);
    const values = await disposedAfter(all, async () => {
      const stacked = tf.tidy(() => tf.stack(all));
      return disposedAfter(stacked, () => stacked.data());
    });
    const column = (k: number) => Float32Array.from(kept, (_, i) => values[i * width + k]!);
    const total = column(0);
    const bad = total.findIndex((loss) => !Number.isFinite(loss));
    if (bad >= 0) {
      throw new EngineError(
        "diverged",
        `expected a finite loss, got ${total[bad]} at step ${this.#firstStep + bad}; lower the learning rate`,
        { details: { step: this.#firstStep + bad } },
      );
    }
    return { firstStep: this.#firstStep, total, names: this.#names, parts: this.#names.map((_, k) => column(k + 1)) };
  }

  dispose(): void {
    for (const { total, parts } of this.#kept) tf.dispose([total, ...parts]);
    this.#kept = [];
  }
}
