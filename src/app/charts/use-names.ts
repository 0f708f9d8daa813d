/** What clips, points and runs are called in a chart or a table. */
import { useTranslation } from "react-i18next";
import type { TimelineDocument } from "../../engine/document/document";
import { clipOf } from "../edits/clip-edits";
import { blockName } from "../edits/clip-names";
import { formatNumber } from "../i18n/format";
import { useSay } from "../i18n/i18n";
import type { Point } from "../stores/run-store";

/** A block that this studio does not have is called by its id. */
export function useBlockName(): (block: string) => string {
  const say = useSay();
  return (block) => say(blockName(block));
}

export interface PointNames {
  /** The clip whose end a point is; empty where it is none. */
  readonly clip: (point: Pick<Point, "clip">, document: TimelineDocument) => string;
  readonly point: (point: Pick<Point, "clip" | "step">, document: TimelineDocument) => string;
}

export function usePointNames(): PointNames {
  const { t } = useTranslation("charts");
  const nameOf = useBlockName();
  const clip: PointNames["clip"] = (point, document) => {
    const found = clipOf(document, point.clip);
    if (!found) return point.clip ?? "";
    const alike = document.clips.filter(({ block }) => block === found.block).length > 1;
    return alike ? `${nameOf(found.block)} (${found.id})` : nameOf(found.block);
  };
  return {
    clip,
    point: (point, document) => {
      const step = formatNumber(point.step);
      if (point.clip === null) return point.step === 0 ? t("pointOriginal") : t("pointAt", { step });
      const instant = clipOf(document, point.clip)?.steps === 0;
      return t(instant ? "pointInstant" : "pointAfter", { step, clip: clip(point, document) });
    },
  };
}
