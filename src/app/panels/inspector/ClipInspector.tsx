/** One clip: what its method is, what is wrong, its settings, what it did, where it comes from. */
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { familyOf } from "../../../engine/blocks/block";
import type { Clip } from "../../../engine/document/document";
import { hasRole, metaOf } from "../../edits/clip-edits";
import { ClipActs } from "./ClipActs";
import { ClipFindings } from "./Findings";
import { ClipHead } from "./ClipHead";
import { ClipOutcome } from "./ClipOutcome";
import { ParamForm } from "./ParamForm";
import { PlaceForm } from "./PlaceForm";
import { Sources } from "./Sources";
import { TeacherForm } from "./TeacherForm";

/** Pictures and tables of what a clip decides. */
const DecisionSections = lazy(async () => ({
  default: (await import("./pruning/DecisionSections")).DecisionSections,
}));

export function ClipInspector({ clip }: { readonly clip: Clip }) {
  const { t } = useTranslation("inspector");
  const meta = metaOf(clip);
  return (
    <div className="inspector-body" data-kind={familyOf(clip.block)}>
      <ClipHead clip={clip} meta={meta} />
      <ClipFindings clipId={clip.id} />
      {meta && Object.keys(meta.params).length > 0 && (
        <div role="group" className="inspector-group" aria-label={t("parameters")}>
          <ParamForm clip={clip} meta={meta} />
        </div>
      )}
      <PlaceForm clip={clip} />
      {meta && (meta.needs.teacher || meta.needs.data || clip.teacher !== undefined) && (
        <TeacherForm clip={clip} meta={meta} />
      )}
      {meta && hasRole(clip, "prune", "quantize") && (
        <Suspense fallback={null}>
          <DecisionSections clip={clip} meta={meta} />
        </Suspense>
      )}
      <ClipOutcome clipId={clip.id} />
      <ClipActs clip={clip} />
      {meta && <Sources meta={meta} />}
    </div>
  );
}
