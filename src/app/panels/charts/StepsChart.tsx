/** What happens over the steps: the loss and its parts, or the accuracy of the points in the order of time. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AccuracyOverSteps } from "./AccuracyOverSteps";
import { LossOverSteps } from "./LossOverSteps";

export function StepsChart() {
  const { t } = useTranslation("charts");
  const [shown, setShown] = useState<"loss" | "accuracy">("loss");
  const choices = [
    ["loss", t("showLoss")],
    ["accuracy", t("showAccuracy")],
  ] as const;
  return (
    <div className="charts-card">
      <header className="charts-line">
        <div>
          <h2>{t(shown === "loss" ? "lossTitle" : "accuracyOverSteps")}</h2>
          <p className="small quiet">{t(shown === "loss" ? "lossHint" : "accuracyHint")}</p>
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
