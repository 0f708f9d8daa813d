/** Buttons of a clip: run up to its end, copy it, take it away. */
import { useTranslation } from "react-i18next";
import { validate } from "../../../engine/document/validate";
import type { Clip } from "../../../engine/document/document";
import { duplicate, remove } from "../../actions/clip-actions";
import { cutAtEndOf } from "../../edits/run-to-here";
import { useSay } from "../../i18n/i18n";
import { isActive } from "../../stores/run-store";
import { useDocument, useRuns, useStudio } from "../../stores/use-studio";
import { clipName } from "../../widgets/clip-words";
import { focusInspector } from "../../widgets/focus-inspector";

/** Copies are laid behind the clip: no grid is asked for. */
const noGrid = 1;

export function ClipActs({ clip }: { readonly clip: Clip }) {
  const { t } = useTranslation("inspector");
  const { t: common } = useTranslation("common");
  const say = useSay();
  const studio = useStudio();
  const { id } = clip;
  const document = useDocument((state) => state.document);
  const busy = useRuns(({ current }) => isActive(current));
  const cut = cutAtEndOf(id, t("runToHereName", { name: document.name, clip: clipName(document, id, say) }))(document);
  const blocked = busy
    ? t("runBusy")
    : validate(cut).some(({ severity }) => severity === "error")
      ? t("runBlocked")
      : undefined;
  return (
    <div className="inspector-acts" role="group" aria-label={t("act")}>
      <button
        type="button"
        className="button"
        title={blocked ?? t("runToHereTitle")}
        aria-disabled={blocked !== undefined}
        onClick={() => blocked === undefined && void studio.runs.getState().start(cut)}
      >
        <span aria-hidden="true">▶</span> {t("runToHere")}
      </button>
      <button
        type="button"
        className="button"
        onClick={() => {
          duplicate.perform(studio, id, noGrid);
          focusInspector();
        }}
      >
        {t("duplicate")}
      </button>
      <button
        type="button"
        className="button"
        onClick={() => {
          remove.perform(studio, id, noGrid);
          focusInspector();
        }}
      >
        {common("remove")}
      </button>
      {blocked !== undefined && !busy && <p className="small quiet">{blocked}</p>}
    </div>
  );
}
