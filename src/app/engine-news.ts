/** What the engine tells unasked and no store keeps: said as a notice, or written to the console. */
import { useEffect } from "react";
import { metricInfo } from "../engine/tasks/metrics/catalogue";
import { formatMetric } from "./i18n/format-metric";
import { currentLanguage } from "./i18n/i18n";
import type { Studio } from "./stores/studio";
import { useStudio } from "./stores/use-studio";

export function useEngineNews(): void {
  const studio = useStudio();
  useEffect(() => listen(studio), [studio]);
}

function listen({ engine, runs, notices, library, view }: Studio): () => void {
  const { tell, fail } = notices.getState();
  const stops = [
    engine.on("respawned", ({ resent }) =>
      tell({ tone: "warning", key: resent.length > 0 ? "respawned" : "respawnedIdle" }),
    ),
    engine.on("decision", ({ trace }) => {
      if (trace.kind !== "taken-back") return;
      const { clip, metric, reference, score } = trace;
      const values = {
        clip,
        metric: metricInfo(metric).name[currentLanguage()],
        reference: formatMetric(metric, reference, 1),
        score: formatMetric(metric, score, 1),
      };
      tell({ tone: "warning", key: "guardTookBack", values });
    }),
    engine.on("log", ({ level, message }) => {
      const write = { info: "info", warning: "warn", error: "error" } as const;
      // eslint-disable-next-line no-console -- the engine's log is meant for the console
      console[write[level]](message);
    }),
    runs.subscribe(({ current }, before) => {
      if (current?.phase === "failed" && before.current?.phase !== "failed" && current.error) {
        tell({ tone: "error", key: "runFailed", error: current.error });
      }
    }),
    library.subscribe(({ error }, before) => {
      if (error && error !== before.error) tell({ tone: "error", key: "libraryFailed", error });
    }),
  ];
  void library.getState().load();
  library
    .getState()
    .prepare(view.getState().backend)
    .catch((error: unknown) => fail("backendFailed", error));
  return () => {
    for (const stop of stops) stop();
  };
}
