/** Facts of what was found, as lists. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { classify } from "../../../engine/document/classify";
import type { TimelineDocument } from "../../../engine/document/document";
import { combinations } from "../../../survey/combinations";
import type { DatasetInfo, FileReport } from "../../../worker/protocol";
import { formatBytes, formatNumber } from "../../i18n/format";
import { useSay } from "../../i18n/i18n";
import { useFiles, useLibrary } from "../../stores/use-studio";
import { dataOf, networkOf, shapeText } from "./sources";

type Network = FileReport["network"];

const Facts = ({ rows }: { readonly rows: readonly (readonly [name: string, value: ReactNode])[] }) => (
  <dl className="files-facts">
    {rows.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

function useNetworkRows(network: Network) {
  const { t } = useTranslation("files");
  const counts = { count: formatNumber(network.parameters), nonZero: formatNumber(network.nonZero) };
  return [
    [t("factNetwork"), network.name],
    [t("factInput"), shapeText(network.inputShape)],
    [t("factOutputs"), formatNumber(network.outputs)],
    [
      t("factParameters"),
      network.nonZero < network.parameters
        ? `${counts.count} (${t("factNonZero", { number: counts.nonZero })})`
        : counts.count,
    ],
    [t("factLayers"), layersText(network)],
  ] as const;
}

/** `conv2d 2, dense 2, ...`: operations that hold parameters. */
function layersText({ layers }: Network): string {
  const counts = new Map<string, number>();
  for (const { op, parameters } of layers) if (parameters > 0) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, count]) => `${op} × ${count}`).join(", ");
}

export const NetworkFacts = ({ network }: { readonly network: Network }) => <Facts rows={useNetworkRows(network)} />;

export function ArtefactFacts({ report }: { readonly report: FileReport }) {
  const { t } = useTranslation("files");
  const rows = useNetworkRows(report.network);
  const { fileBytes, sizeBytes, document } = report;
  const size = t("factFileBytes", { file: formatBytes(fileBytes), values: formatBytes(sizeBytes) });
  return (
    <>
      <Facts
        rows={[...rows, [t("factFile"), size], ...(document ? [] : [[t("factTimeline"), t("factNone")] as const])]}
      />
      {document && (
        <>
          <h4 className="panel-title">{t("factTimeline")}</h4>
          <TimelineFacts document={document} />
        </>
      )}
    </>
  );
}

export function TimelineFacts({ document }: { readonly document: TimelineDocument }) {
  const { t } = useTranslation("files");
  const say = useSay();
  const library = useLibrary((state) => state);
  const facts = useFiles((state) => state.facts);
  const found = classify(document).map((id) => say(combinations[id].name));
  return (
    <Facts
      rows={[
        [t("factName"), document.name],
        [t("factNetwork"), networkOf(document.model.source, library, facts).name],
        [t("factData"), dataOf(document.dataset.id, library, facts).name],
        [t("factClips"), `${document.clips.length}: ${document.clips.map(({ block }) => block).join(", ")}`],
        [t("factCombination"), found.length > 0 ? found.map((name) => <p key={name}>{name}</p>) : t("factNone")],
      ]}
    />
  );
}

export function DataFacts({ info }: { readonly info: DatasetInfo }) {
  const { t } = useTranslation("files");
  const counts = {
    train: formatNumber(info.counts.train),
    validation: formatNumber(info.counts.validation),
    test: formatNumber(info.counts.test),
  };
  return (
    <Facts
      rows={[
        [t("factInput"), shapeText(info.shape)],
        [t("factClasses"), formatNumber(info.classes.length)],
        [t("factImages"), t("factImagesOf", counts)],
      ]}
    />
  );
}
