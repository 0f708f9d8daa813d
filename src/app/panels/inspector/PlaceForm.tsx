/** Where a clip begins and how long it is, in optimizer steps. */
import { useTranslation } from "react-i18next";
import { type Clip, clipEnd, maxSteps } from "../../../engine/document/document";
import { metaOf, moveClip, stretchEnd } from "../../edits/clip-edits";
import { formatNumber } from "../../i18n/format";
import { useStudio } from "../../stores/use-studio";
import { NumberField } from "../../widgets/NumberField";
import { stepsField } from "./document-fields";

export function PlaceForm({ clip }: { readonly clip: Clip }) {
  const { t } = useTranslation("inspector");
  const { edit } = useStudio().document.getState();
  const { id, start, steps } = clip;
  const length = metaOf(clip)?.length ?? "either";
  const end = formatNumber(clipEnd(clip));
  const lengths = stepsField(length === "span" ? 1 : 0, length === "instant" ? 0 : maxSteps - start);
  return (
    <div role="group" className="inspector-group" aria-label={t("place")}>
      <NumberField
        label={t("from")}
        value={start}
        number={stepsField(0, maxSteps - steps)}
        suffix=""
        hint={t(steps === 0 ? "atStep" : "endsAt", { end })}
        onChange={(next, gesture) => next !== undefined && edit(moveClip(id, next), gesture)}
      />
      <NumberField
        label={t("length")}
        value={steps}
        number={lengths}
        disabled={length === "instant" && steps === 0 ? t("instantOnly") : undefined}
        hint={steps === 0 ? t("instant") : undefined}
        onChange={(next, gesture) => next !== undefined && edit(stretchEnd(id, start + next), gesture)}
      />
    </div>
  );
}
