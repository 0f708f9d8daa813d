/** The host's studies: previews of decisions and sensitivity scans, each stopped by its id. They change nothing. */
import { RunControl } from "#engine/run/control";
import { EngineError } from "#engine/core/errors";
import { parseDocument } from "#engine/document/document";
import { previewDecision } from "#engine/studies/preview";
import { scanSensitivity } from "#engine/studies/sensitivity";
import type { StudyDeps } from "#engine/studies/state-before";
import { assertValid } from "#engine/document/validate";
import type { ArgumentOf, DecisionPreview, SensitivityCell, SensitivityTable, TimelineDocument } from "./protocol";
import type { RunHostDeps } from "./run-host";
import { LoadNews, newsIntervalMs } from "./run-news";
import { Throttle } from "./throttle";

/** What is told of a study on its way. */
interface StudyNews {
  readonly deps: StudyDeps;
  cell(cell: SensitivityCell): void;
}

export class StudyHost {
  readonly #deps: RunHostDeps;
  readonly #controls = new Map<string, RunControl>();

  constructor(deps: RunHostDeps) {
    this.#deps = deps;
  }

  get isBusy(): boolean {
    return this.#controls.size > 0;
  }

  preview({ studyId, document: raw, clipId, mayTrain }: ArgumentOf<"preview">): Promise<DecisionPreview> {
    return this.#study(studyId, raw, (document, { deps }) => previewDecision(document, clipId, deps, { mayTrain }));
  }

  scan({ studyId, document: raw, clipId, images }: ArgumentOf<"scan">): Promise<SensitivityTable> {
    const { emit } = this.#deps;
    return this.#study(studyId, raw, (document, news) =>
      scanSensitivity(
        document,
        {
          clipId,
          images,
          onBase: (base) => emit("sensitivity", { studyId, base }),
          onCell: (cell) => news.cell(cell),
        },
        news.deps,
      ),
    );
  }

  stop(studyId: string): boolean {
    const control = this.#controls.get(studyId);
    control?.cancel();
    return control !== undefined;
  }

  stopAll(): void {
    for (const control of this.#controls.values()) control.cancel();
  }

  /** @param raw from another thread: it is checked before anything is done with it */
  async #study<T>(
    studyId: string,
    raw: unknown,
    work: (document: TimelineDocument, news: StudyNews) => Promise<T>,
  ): Promise<T> {
    const { platform, timers, backend, emit } = this.#deps;
    if (this.#controls.has(studyId)) throw new EngineError("usage", `expected a new study, got '${studyId}' again`);
    const document = parseDocument(raw);
    assertValid(document);
    const control = new RunControl();
    this.#controls.set(studyId, control);
    const loads = new LoadNews(null, emit, timers);
    let progress: { readonly trained: number; readonly toTrain: number } | undefined;
    let cells: SensitivityCell[] = [];
    const throttle = new Throttle(timers, newsIntervalMs, () => {
      if (progress) emit("studyProgress", { studyId, ...progress });
      if (cells.length > 0) emit("sensitivity", { studyId, cells });
      progress = undefined;
      cells = [];
    });
    try {
      const { backend: name } = await backend.current();
      return await work(document, {
        deps: {
          platform,
          backend: name,
          control,
          onLoad: (what, loaded, total) => loads.report(what, loaded, total),
          onProgress: ({ trained, toTrain }) => {
            progress = { trained, toTrain };
            throttle.request();
          },
        },
        cell(cell) {
          cells.push(cell);
          throttle.request();
        },
      });
    } finally {
      this.#controls.delete(studyId);
      loads.finish();
      throttle.flush();
    }
  }
}
