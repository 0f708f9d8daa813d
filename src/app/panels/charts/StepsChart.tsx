/** What happens over the steps: the loss and its parts, or the main figure of the points in the order of time. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMetric } from "../../charts/use-metric";
import { AccuracyOverSteps } from "./AccuracyOverSteps";
import { LossOverSteps } from "./LossOverSteps";

export function StepsChart() {
  const { t } = useTranslation("charts");
  const { label } = useMetric();
  const [shown, setShown] = useState<"loss" | "score">("loss");
  const choices = [
    ["loss", t("showLoss")],
    ["score", label],
  ] as const;
  return (
    <div className="charts-card">
      <header className="charts-line">
        <div>
          <h2>{shown === "loss" ? t("lossTitle") : t("scoreOverSteps", { metric: label })}</h2>
          <p className="small quiet">{t(shown === "loss" ? "lossHint" : "scoreHint")}</p>
        </div>
        <div className="charts-choice" role="group" aria-label={t("chooseSteps")}>
          {choices.map(([name, label]) => (
            <button key={name} type="button" aria-pressed={shown === name} onClick={() => setShown(name)}>
              {label}
            </button>
          ))}
        </div>
      </header>
      {shown === "loss" ? <LossOverSteps /> : <AccuracyOverSteps />}
    </div>
  );
}
