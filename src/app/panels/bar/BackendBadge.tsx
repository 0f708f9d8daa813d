/** What the engine computes on, why, and the choice of another. */
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/format";
import { useLibrary, useStudio, useView } from "../../stores/use-studio";
import { Menu } from "../../widgets/Menu";
import type { RequestedBackend } from "../../../worker/protocol";
import { BackendFacts } from "./BackendFacts";

const choices: readonly RequestedBackend[] = ["auto", "webgpu", "wasm", "webgl", "cpu"];
const tests = {
  passed: "backendPassed",
  failed: "backendFailed",
  unavailable: "backendUnavailable",
  skipped: "backendSkipped",
} as const;

export function BackendBadge() {
  const { t } = useTranslation("bar");
  const { library, notices } = useStudio();
  const report = useLibrary((state) => state.backend);
  const requested = useLibrary((state) => state.requested);
  // Of one alone the figure stands above.
  const compared = (report?.candidates.filter(({ milliseconds }) => milliseconds !== undefined).length ?? 0) > 1;
  const setView = useView((view) => view.set);
  const choose = async (backend: RequestedBackend) => {
    try {
      await library.getState().prepare(backend);
      setView({ backend });
    } catch (error) {
      notices.getState().fail("backendFailed", error);
    }
  };
  return (
    <Menu
      className="backend-menu"
      label={
        <>
          <span className="small quiet">{t("runsOn")}</span> {report ? report.backend : t("backendStarting")}
        </>
      }
    >
      {report && <p>{t(`backend_${report.reason}`)}</p>}
      {report && <BackendFacts report={report} />}
      <fieldset>
        <legend className="panel-title">{t("runsOn")}</legend>
        {choices.map((name) => {
          const candidate = report?.candidates.find((c) => c.name === name);
          return (
            <label key={name} className="backend-choice">
              <input type="radio" name="backend" checked={requested === name} onChange={() => void choose(name)} />
              <span>{name === "auto" ? t("backendAuto") : name}</span>
              <span className="small quiet" title={candidate?.error}>
                {candidate && t(tests[candidate.selfTest])}
                {compared &&
                  candidate?.milliseconds !== undefined &&
                  ` · ${t("backendStep", { ms: formatNumber(candidate.milliseconds, { maximumSignificantDigits: 2 }) })}`}
              </span>
            </label>
          );
        })}
      </fieldset>
    </Menu>
  );
}
