/** The document itself, where no clip is selected: what is wrong, its fields, and how to read the page. */
import { useMetric } from "../../charts/use-metric";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { rename, setDataset, setFields } from "../../edits/document-edits";
import { useLibrary, useShownDocument, useStudio } from "../../stores/use-studio";
import { ChoiceField } from "../../widgets/ChoiceField";
import { NumberField } from "../../widgets/NumberField";
import { useGesture } from "../../widgets/use-gesture";
import { documentFields, imagesField, normalizations } from "./document-fields";
import { DocumentFindings } from "./Findings";
import { TrainingForm } from "./TrainingForm";

export function DocumentInspector() {
  const { t } = useTranslation("inspector");
  return (
    <div className="inspector-body">
      <h2 id="inspector-title" tabIndex={-1}>
        {t("documentTitle")}
      </h2>
      <Guide />
      <DocumentFindings />
      <Fields />
      <DataForm />
      <TrainingForm />
    </div>
  );
}

function Guide() {
  const { t } = useTranslation("inspector");
  return (
    <details className="inspector-guide" open>
      <summary className="panel-title">{t("guide")}</summary>
      <p>{t("guideClip")}</p>
      <p>{t("guideAxes", { metric: useMetric().name })}</p>
      <p>{t("guideOrder")}</p>
    </details>
  );
}

function Fields() {
  const { t } = useTranslation("inspector");
  const id = useId();
  const gesture = useGesture();
  const { edit } = useStudio().document.getState();
  const { name, seed } = useShownDocument();
  return (
    <div role="group" className="inspector-group" aria-label={t("documentTitle")}>
      <div className="inspector-name">
        <label htmlFor={id}>{t("name")}</label>
        <input
          id={id}
          className="field"
          type="text"
          maxLength={200}
          autoComplete="off"
          value={name}
          onFocus={gesture.begin}
          onBlur={gesture.begin}
          onChange={(event) => edit(rename(event.target.value), gesture.name())}
        />
      </div>
      <NumberField
        label={t("seed")}
        value={seed}
        number={documentFields.seed}
        hint={t("seedHint")}
        onChange={(next, merge) => next !== undefined && edit(setFields({ seed: next }), merge)}
      />
    </div>
  );
}

function DataForm() {
  const { t } = useTranslation("inspector");
  const { edit } = useStudio().document.getState();
  const { dataset, liveTest, evaluateEvery, bnRecalibrationBatches } = useShownDocument();
  const counts = useLibrary(({ datasets }) => datasets.find(({ id }) => id === dataset.id)?.counts);
  return (
    <div role="group" className="inspector-group" aria-labelledby="inspector-data">
      <h3 className="panel-title" id="inspector-data">
        {t("data")}
      </h3>
      <NumberField
        label={t("train")}
        value={dataset.train}
        number={imagesField(counts?.train)}
        blank={t("all")}
        suffix=""
        hint={t("trainHint")}
        onChange={(train, merge) => edit(setDataset({ train }), merge)}
      />
      <NumberField
        label={t("test")}
        value={dataset.test}
        number={imagesField(counts?.test)}
        blank={t("all")}
        suffix=""
        hint={t("testHint")}
        onChange={(test, merge) => edit(setDataset({ test }), merge)}
      />
      <NumberField
        label={t("liveTest")}
        value={liveTest}
        number={counts ? { ...documentFields.liveTest, max: counts.test } : documentFields.liveTest}
        suffix=""
        hint={t("liveTestHint")}
        onChange={(next, merge) => next !== undefined && edit(setFields({ liveTest: next }), merge)}
      />
      <NumberField
        label={t("evaluateEvery")}
        value={evaluateEvery}
        number={documentFields.evaluateEvery}
        onChange={(next, merge) => next !== undefined && edit(setFields({ evaluateEvery: next }), merge)}
      />
      <ChoiceField
        label={t("normalize")}
        value={dataset.normalize}
        options={normalizations.map((value) => ({ value, label: t(`normalize_${value}`) }))}
        onChange={(value) => {
          const normalize = normalizations.find((known) => known === value);
          if (normalize) edit(setDataset({ normalize }));
        }}
      />
      <NumberField
        label={t("bnRecalibration")}
        value={bnRecalibrationBatches}
        number={documentFields.bnRecalibrationBatches}
        hint={t("bnRecalibrationHint")}
        onChange={(next, merge) => next !== undefined && edit(setFields({ bnRecalibrationBatches: next }), merge)}
      />
    </div>
  );
}
