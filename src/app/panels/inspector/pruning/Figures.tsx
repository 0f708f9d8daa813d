/** The survey's figures of pruning, with what this clip does marked in them. */
import { useTranslation } from "react-i18next";
import type { BlockMeta } from "../../../../engine/blocks/block";
import type { Clip } from "../../../../engine/document/document";
import type { GranularityKind, ScheduleKind } from "../../../figures/figure-data";
import { GranularityFigure } from "../../../figures/GranularityFigure";
import { ScheduleFigure } from "../../../figures/ScheduleFigure";

interface Props {
  readonly clip: Clip;
  readonly meta: BlockMeta;
}

export function Figures({ clip, meta }: Props) {
  const { t } = useTranslation("pruning");
  return (
    <div className="prune-figures">
      <details>
        <summary className="panel-title">{t("figureGranularity")}</summary>
        <GranularityFigure marked={granularityOf(meta)} />
      </details>
      {"schedule" in meta.params && (
        <details>
          <summary className="panel-title">{t("figureSchedule")}</summary>
          <ScheduleFigure marked={scheduleOf(clip, meta)} />
        </details>
      )}
    </div>
  );
}

function granularityOf({ covers, traits }: BlockMeta): GranularityKind | undefined {
  if (traits.granularity === "unstructured") return "weights";
  if (covers.includes("prune.gran-group")) return "groups";
  if (covers.includes("prune.gran-block-diagonal")) return "blocks";
  return covers.includes("prune.gran-filter") ? "filters" : undefined;
}

function scheduleOf({ params }: Clip, { params: schema }: BlockMeta): ScheduleKind {
  const of = (name: string) => params[name] ?? schema[name]?.default;
  if (of("schedule") === "agp") return "agp";
  if (of("schedule") === "one-shot") return "oneShot";
  return of("growth") === "geometric" ? "geometric" : "linear";
}
