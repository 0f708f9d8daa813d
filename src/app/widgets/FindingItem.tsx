/** One finding of `validate`: how bad it is as a shape and a word, what it is, how to mend it, and buttons that do. */
import { useTranslation } from "react-i18next";
import type { Finding, Severity } from "../../engine/document/finding";
import { curesOf } from "../edits/cures";
import { formatNumber } from "../i18n/format";
import { useSay } from "../i18n/i18n";
import { useShownDocument, useStudio } from "../stores/use-studio";
import { clipName } from "./clip-words";
import { findingValues } from "./finding-values";
import { focusInspector } from "./focus-inspector";
import "./finding.css";

interface Props {
  readonly finding: Finding;
  /** Makes the finding lead to its clip. */
  readonly onShow?: (clipId: string) => void;
}

export function FindingItem({ finding, onShow }: Props) {
  const { t } = useTranslation("findings");
  const { t: fields } = useTranslation("inspector");
  const say = useSay();
  const { document: store, notices } = useStudio();
  const document = useShownDocument();
  const { code, severity, clipId } = finding;
  const values = findingValues(finding, document, say, fields);
  const message = t(code, values);
  return (
    <li className="finding" data-severity={severity}>
      <p>
        <SeverityMark severity={severity} /> <strong>{t(severity)}</strong> {message}{" "}
        <span className="quiet">{t(`${code}-cure`, values)}</span>
      </p>
      <div className="finding-acts">
        {onShow && clipId !== undefined && (
          <button type="button" className="button finding-act" onClick={() => onShow(clipId)}>
            {t("show", { clip: clipName(document, clipId, say) })}
          </button>
        )}
        {curesOf(finding, document).map(({ key, values: numbers = {}, edit }) => (
          <button
            key={key}
            type="button"
            className="button finding-act"
            onClick={() => {
              store.getState().edit(edit);
              notices.getState().announce(t("cured"));
              focusInspector();
            }}
          >
            {t(`do-${key}`, shown(numbers))}
          </button>
        ))}
      </div>
    </li>
  );
}

const shown = (numbers: Readonly<Record<string, number>>): Record<string, string | number> =>
  Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, formatNumber(number)]));

/** Octagon, triangle, circle: told apart without colour. */
const shapes = {
  error: "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
  warning: "M8 1l7.5 14H.5z",
  hint: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z",
} as const;

export function SeverityMark({ severity }: { readonly severity: Severity }) {
  return (
    <svg className="finding-mark" data-severity={severity} viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[severity]} />
    </svg>
  );
}
