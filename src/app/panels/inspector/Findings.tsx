/** What is wrong or doubtful: of one clip, or of the whole document by how grave it is. */
import { useTranslation } from "react-i18next";
import type { Finding, Severity } from "../../../engine/document/finding";
import { validate } from "../../../engine/document/validate";
import { useShownDocument, useStudio } from "../../stores/use-studio";
import { FindingItem } from "../../widgets/FindingItem";
import { focusInspector } from "../../widgets/focus-inspector";

/** The same finding keeps its place in the list while it is there. */
const keyOf = ({ code, clipId, details }: Finding, n: number) =>
  `${code} ${clipId ?? ""} ${String(details?.["parameter"] ?? details?.["from"] ?? n)}`;

export function ClipFindings({ clipId }: { readonly clipId: string }) {
  const { t } = useTranslation("findings");
  const document = useShownDocument();
  const findings = validate(document).filter((finding) => finding.clipId === clipId);
  if (findings.length === 0) return null;
  return (
    <ul className="inspector-findings" aria-label={t("label")}>
      {findings.map((finding, n) => (
        <FindingItem key={keyOf(finding, n)} finding={finding} />
      ))}
    </ul>
  );
}

const severities: readonly Severity[] = ["error", "warning", "hint"];

export function DocumentFindings() {
  const { t } = useTranslation("findings");
  const { select } = useStudio().document.getState();
  const document = useShownDocument();
  const findings = validate(document);
  const show = (clipId: string) => {
    select(clipId);
    focusInspector();
  };
  return (
    <div role="group" className="inspector-group" aria-labelledby="inspector-findings">
      <h3 className="panel-title" id="inspector-findings">
        {t("label")}
      </h3>
      {findings.length === 0 && <p className="small quiet">{t("none")}</p>}
      {severities.map((severity) => {
        const found = findings.filter((finding) => finding.severity === severity);
        return found.length === 0 ? null : (
          <ul key={severity} className="inspector-findings" aria-label={t(severity)}>
            {found.map((finding, n) => (
              <FindingItem key={keyOf(finding, n)} finding={finding} onShow={show} />
            ))}
          </ul>
        );
      })}
    </div>
  );
}
