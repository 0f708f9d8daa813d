/** The network at a boundary of the run at hand, layer by layer, and what it has forgotten by then. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { fileName, saveFile } from "../../actions/download";
import { csvType, toCsv } from "../../charts/csv";
import { originalOf } from "../../charts/layers";
import { usePointNames } from "../../charts/use-names";
import { useOutOfDate } from "../../charts/use-out-of-date";
import type { TimelineDocument } from "../../../engine/document/document";
import type { Boundary } from "../../stores/run-store";
import { useRuns } from "../../stores/use-studio";
import { ForgottenTable } from "./ForgottenTable";
import { layerRows } from "./layer-rows";
import { LayersTable } from "./LayersTable";
import { useMacs } from "./use-macs";
import "./network.css";

const none: readonly Boundary[] = [];

export function NetworkTable() {
  const { t } = useTranslation("network");
  const boundaries = useRuns(({ current }) => current?.boundaries ?? none);
  const document = useRuns(({ current }) => current?.document);
  return (
    <section className="network" aria-label={t("label")}>
      {document && boundaries.length > 0 ? (
        <Boundaries boundaries={boundaries} document={document} />
      ) : (
        <p className="network-empty quiet">{t("empty")}</p>
      )}
    </section>
  );
}

interface Props {
  readonly boundaries: readonly Boundary[];
  readonly document: TimelineDocument;
}

function Boundaries({ boundaries, document }: Props) {
  const { t } = useTranslation("network");
  const names = usePointNames();
  const outOfDate = useOutOfDate();
  /** Null follows the run: its latest. */
  const [chosen, setChosen] = useState<number | null>(null);
  const place = chosen === null || chosen >= boundaries.length ? boundaries.length - 1 : chosen;
  const boundary = boundaries[place]!;
  const original = useRuns(({ current, earlier }) => (current ? originalOf(current, earlier) : null));
  const rows = useMemo(
    () => layerRows(original?.tensors ?? null, boundary.tensors, boundary.point.sizeBytes),
    [original, boundary],
  );
  const macs = useMacs(place === boundaries.length - 1);
  const nameOf = ({ point }: Boundary) =>
    point.clip === null && point.step === 0 ? t("atOriginal") : names.point(point, document);
  const save = () =>
    saveFile(
      toCsv(
        [
          "layer",
          "operation",
          "shape",
          "parameters",
          "nonZero",
          "sparsity",
          "codec",
          "bytesBefore",
          "bytes",
          "ratio",
          "share",
          "macs",
        ],
        rows.map((row) => [
          row.id,
          row.op,
          row.shape.join("x"),
          row.parameters,
          row.nonZero,
          row.sparsity,
          row.codec,
          row.before,
          row.now,
          row.ratio,
          row.share,
          macs?.get(row.id),
        ]),
      ),
      fileName(`${document.name} layers`, "csv"),
      csvType,
    );
  return (
    <>
      <header className="network-head">
        <div>
          <h2>{t("title")}</h2>
          <p className="small quiet">
            {t(original && original !== boundary ? "hint" : "hintAlone", { boundary: nameOf(boundary) })} ·{" "}
            {t("sortHint")}
          </p>
          {outOfDate && <p className="network-warning small">{t("outOfDate")}</p>}
        </div>
        <label className="network-choice">
          <span className="small quiet">{t("boundary")}</span>
          <select
            className="field"
            value={place}
            onChange={({ target }) => {
              const to = Number(target.value);
              setChosen(to === boundaries.length - 1 ? null : to);
            }}
          >
            {boundaries.map((one, i) => (
              <option key={i} value={i}>
                {nameOf(one)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="button" onClick={save}>
          {t("csv")}
        </button>
      </header>
      <LayersTable rows={rows} sizeBytes={boundary.point.sizeBytes} macs={macs} />
      <ForgottenTable original={original} boundary={boundary} datasetId={document.dataset.id} />
    </>
  );
}
