/** The backend that is in use: prepared when first needed or asked for, changed only while nothing computes. */
import { EngineError } from "#engine/core/errors";
import type { BackendReport, RequestedBackend } from "./protocol";

export type PrepareBackend = (requested: RequestedBackend) => Promise<BackendReport>;

export class BackendKeeper {
  #chosen: { readonly choice: RequestedBackend; readonly report: Promise<BackendReport> } | undefined;

  constructor(
    private readonly prepareBackend: PrepareBackend,
    private readonly isBusy: () => boolean,
  ) {}

  /** The backend in use; `auto` where none was asked for, or one that is not to be had. */
  async current(): Promise<BackendReport> {
    const asked = this.#chosen;
    if (!asked) return this.#prepare("auto");
    try {
      return await asked.report;
    } catch (error) {
      if (asked.choice === "auto") throw error;
      return this.current();
    }
  }

  /** @throws EngineError `backend-unavailable` */
  async prepare(choice: RequestedBackend): Promise<BackendReport> {
    if (this.#chosen?.choice === choice) return this.#chosen.report;
    if (this.#chosen && this.isBusy()) {
      throw new EngineError(
        "backend-unavailable",
        `expected an idle engine to change its backend to '${choice}', got one that computes; stop the run first`,
        { details: { requested: choice } },
      );
    }
    return this.#prepare(choice);
  }

  #prepare(choice: RequestedBackend): Promise<BackendReport> {
    // One after the other: two at once would set tfjs' backend under each other's hands.
    const before = this.#chosen?.report.catch(() => undefined) ?? Promise.resolve();
    const report = before.then(() => this.prepareBackend(choice));
    const chosen = { choice, report };
    this.#chosen = chosen;
    report.catch(() => {
      if (this.#chosen === chosen) this.#chosen = undefined;
    });
    return report;
  }
}
