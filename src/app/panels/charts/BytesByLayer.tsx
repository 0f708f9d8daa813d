/** What each layer weighs in the file of the latest boundary, against what it weighed in the original's. */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { compareLayers, type LayerChange, originalOf } from "../../charts/layers";
import { usePointNames } from "../../charts/use-names";
import { formatBytes, formatNumber, formatSize } from "../../i18n/format";
import type { Boundary } from "../../stores/run-store";
import { useRuns } from "../../stores/use-studio";

export const BytesByLayer = memo(function BytesByLayer() {
  const { t } = useTranslation("charts");
  const latest = useRuns(({ current }) => current?.boundaries.at(-1));
  const original = useRuns(({ current, earlier }) => (current ? originalOf(current, earlier) : null));
  return (
    <div className="charts-card charts-bytes">
      <header>
        <h2>{t("bytesTitle")}</h2>
        {latest && <MeasuredAt boundary={latest} />}
      </header>
      {latest ? (
        <Layers changes={compareLayers(original?.tensors ?? null, latest.tensors)} />
      ) : (
        <p className="small quiet">{t("bytesEmpty")}</p>
      )}
    </div>
  );
});

function MeasuredAt({ boundary: { point } }: { readonly boundary: Boundary }) {
  const { t } = useTranslation("charts");
  const names = usePointNames();
  const document = useRuns(({ current }) => current?.document);
  if (!document) return null;
  const clip = t("bytesAtEnd", { clip: names.clip(point, document) });
  return (
    <p className="small quiet">
      {point.clip === null ? t("bytesAtOriginal") : t("bytesAt", { clip, step: formatNumber(point.step) })}
    </p>
  );
}

function Layers({ changes }: { readonly changes: readonly LayerChange[] }) {
  const { t } = useTranslation("charts");
  const most = Math.max(1, ...changes.flatMap(({ before, now }) => [before?.sizeBytes ?? 0, now?.sizeBytes ?? 0]));
  // The side of a square of that many bytes: a layer of a thousandth is still three hundredths long.
  const share = (bytes: number) => `${(100 * Math.sqrt(bytes / most)).toFixed(2)}%`;
  const hints = [...new Set(changes.map(({ before, now }) => hintOf(before, now)))];
  return (
    <>
      <ul className="charts-layers">
        {changes.map(({ id, before, now }) => (
          <li
            key={id}
            aria-label={
              before
                ? t("bytesRow", {
                    layer: id,
                    before: formatBytes(before.sizeBytes),
                    now: formatBytes(now?.sizeBytes ?? 0),
                  })
                : t("bytesRowNow", { layer: id, now: formatBytes(now?.sizeBytes ?? 0) })
            }
          >
            <span className="charts-layer">
              {id}{" "}
              {now?.bits !== null && now !== null && <span className="quiet">{t("bits", { bits: now.bits })}</span>}
            </span>
            <span className="charts-bars">
              <span className="charts-before" style={{ width: share(before?.sizeBytes ?? 0) }} />
              <span
                className="charts-after"
                data-kind={hintOf(before, now)}
                style={{ width: share(now?.sizeBytes ?? 0) }}
              />
            </span>
            <span className="charts-layer-size small">
              {before && <span className="quiet">{formatSize(before.sizeBytes)} → </span>}
              {formatSize(now?.sizeBytes ?? 0)}
            </span>
          </li>
        ))}
      </ul>
      <p className="charts-key small quiet">
        <span>
          <span className="charts-before" /> {t("bytesOriginal")}
        </span>
        {hints.map((hint) => (
          <span key={hint ?? ""}>
            <span className="charts-after" data-kind={hint} /> {t(hint ? `bytesNow_${hint}` : "bytesNow")}
          </span>
        ))}
        <span>{t("bytesScale")}</span>
      </p>
    </>
  );
}

/** Which family made a layer what it is: fewer bits, else fewer values. */
function hintOf(before: LayerChange["before"], now: LayerChange["now"]): "quantize" | "prune" | undefined {
  if (!now) return "prune";
  if (now.bits !== null && now.bits < 16) return "quantize";
  return now.nonZero < now.count || (before !== null && now.count < before.count) ? "prune" : undefined;
}
