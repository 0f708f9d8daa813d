/** How the document trains where no fine-tuning clip says otherwise. */
import { useTranslation } from "react-i18next";
import type { TrainingSettings } from "../../../engine/document/document";
import { setTraining } from "../../edits/document-edits";
import { useShownDocument, useStudio } from "../../stores/use-studio";
import { ChoiceField } from "../../widgets/ChoiceField";
import { SliderField } from "../../widgets/SliderField";
import { trainingFields } from "./document-fields";

export function TrainingForm() {
  const { t } = useTranslation("inspector");
  const { edit } = useStudio().document.getState();
  const { optimizer, learningRate, learningRateSchedule, momentum, batchSize } = useShownDocument().training;
  const set = (fields: Partial<TrainingSettings>, gesture?: string) => edit(setTraining(fields), gesture);
  return (
    <div role="group" className="inspector-group" aria-labelledby="inspector-training">
      <h3 className="panel-title" id="inspector-training">
        {t("training")}
      </h3>
      <p className="small quiet">{t("trainingHint")}</p>
      <ChoiceField
        label={t("optimizer")}
        value={optimizer}
        options={trainingFields.optimizer.options.map((value) => ({ value, label: t(`optimizer_${value}`) }))}
        onChange={(value) => {
          const known = trainingFields.optimizer.options.find((option) => option === value);
          if (known) set({ optimizer: known });
        }}
      />
      <SliderField
        label={t("learningRate")}
        value={learningRate}
        number={trainingFields.learningRate}
        onChange={(next, gesture) => set({ learningRate: next }, gesture)}
      />
      <ChoiceField
        label={t("learningRateSchedule")}
        value={learningRateSchedule}
        options={trainingFields.learningRateSchedule.options.map((value) => ({ value, label: t(`schedule_${value}`) }))}
        onChange={(value) => {
          const known = trainingFields.learningRateSchedule.options.find((option) => option === value);
          if (known) set({ learningRateSchedule: known });
        }}
      />
      <SliderField
        label={t("momentum")}
        value={momentum}
        number={trainingFields.momentum}
        disabled={optimizer === "adam" ? t("why_momentum") : undefined}
        onChange={(next, gesture) => set({ momentum: next }, gesture)}
      />
      <SliderField
        label={t("batchSize")}
        value={batchSize}
        number={trainingFields.batchSize}
        onChange={(next, gesture) => set({ batchSize: next }, gesture)}
      />
    </div>
  );
}
