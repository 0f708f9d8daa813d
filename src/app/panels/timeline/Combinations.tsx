/** What the survey calls the way the clips lie to each other; it changes while one is dragged. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { classify } from "../../../engine/document/classify";
import { type Combination, type CombinationId, combinations } from "../../../survey/combinations";
import { combinationText } from "../../actions/clip-speech";
import { combinedKinds, shortName } from "../../edits/combination-names";
import { useLanguage, useSay } from "../../i18n/i18n";
import { shownDocument } from "../../stores/document-store";
import { useDocument, useStudio } from "../../stores/use-studio";
import { Menu } from "../../widgets/Menu";

export function Combinations() {
  const { t } = useTranslation("timeline");
  // As one string, so that a drag that changes no name draws nothing here.
  const ids = useDocument((state) => classify(shownDocument(state)).join(" "));
  const found = ids === "" ? [] : (ids.split(" ") as CombinationId[]);
  useSpokenChange(ids);
  return (
    <div className="timeline-combinations" role="group" aria-label={t("combinations")}>
      {found.length === 0 && <span className="small quiet">{t("noCombination")}</span>}
      {found.map((id) => (
        <Chip key={id} id={id} roomy={found.length <= 2} />
      ))}
      {found.length === 1 && found.map((id) => <Who key={id} id={id} />)}
    </div>
  );
}

interface ChipProps {
  readonly id: CombinationId;
  /** Whether the Chinese name stands beside the English one; it is in the panel below the chip always. */
  readonly roomy: boolean;
}

function Chip({ id, roomy }: ChipProps) {
  const { t } = useTranslation("timeline");
  const language = useLanguage();
  const say = useSay();
  const combination = combinations[id];
  const { code, table, meaning } = combination;
  const name = shortName(combination, language);
  const chinese = roomy && language === "en" ? shortName(combination, "zh") : null;
  const who = useWho(combination);
  return (
    <span className="timeline-chip" title={who}>
      <Menu
        className="timeline-chip-body"
        label={
          <>
            {combinedKinds[table].map((kind) => (
              <span key={kind} className="swatch" data-kind={kind} aria-hidden="true" />
            ))}
            <span className="timeline-chip-code">{code}</span>
            <span className="timeline-chip-name">· {name}</span>
            {chinese && (
              <span className="timeline-chip-chinese" lang="zh">
                · {chinese}
              </span>
            )}
          </>
        }
      >
        <p>
          <strong>{say(combination.name)}</strong>
        </p>
        {language === "en" && (
          <p className="quiet" lang="zh">
            {combination.name.zh}
          </p>
        )}
        <p>{say(meaning)}</p>
        <p className="small">{who}</p>
        <p className="small quiet">{t("surveyTable", { table })}</p>
      </Menu>
    </span>
  );
}

/** Where there is room, beside the only chip. */
function Who({ id }: { readonly id: CombinationId }) {
  return <span className="timeline-who small quiet">{useWho(combinations[id])}</span>;
}

function useWho({ student, teacher }: Combination): string {
  const { t } = useTranslation("timeline");
  const say = useSay();
  return teacher
    ? t("studentAndTeacher", { student: say(student), teacher: say(teacher) })
    : t("studentAlone", { student: say(student) });
}

/** Says a change, unless what was said last has told it. */
function useSpokenChange(ids: string): void {
  const { document, notices } = useStudio();
  const before = useRef(ids);
  useEffect(() => {
    if (before.current === ids) return;
    before.current = ids;
    const text = combinationText(shownDocument(document.getState()));
    if (!notices.getState().announcement.includes(text)) notices.getState().announce(text);
  }, [ids, document, notices]);
}
