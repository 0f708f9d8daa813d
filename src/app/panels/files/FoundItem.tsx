/** One thing that was found: what it is, what is in it, whether it fits, and what can be done with it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type EngineErrorData, toErrorData } from "../../../engine/core/errors";
import type { FoundFile } from "../../stores/files-store";
import { useFiles, useStudio } from "../../stores/use-studio";
import { closeFound } from "./examine";
import { EvaluateFile } from "./EvaluateFile";
import { ArtefactFacts, DataFacts, NetworkFacts, TimelineFacts } from "./FoundFacts";
import { Failure } from "./Failure";
import { Fits } from "./Fits";
import { useAsData as takeAsData, useAsNetwork as takeAsNetwork } from "./use-found";

export function FoundItem({ found }: { readonly found: FoundFile }) {
  const { t } = useTranslation("files");
  const kind = found.kind === "network" ? ("kind_layers-model" as const) : (`kind_${found.kind}` as const);
  const isOpen = found.kind === "link";
  return (
    <article className="files-found" data-found={found.kind}>
      <h3>
        <span className="files-name">{found.name}</span> <span className="small quiet">{t(kind)}</span>
      </h3>
      <Content found={found} />
      {isOpen && <p className="small">✓ {t("opened")}</p>}
    </article>
  );
}

function Content({ found }: { readonly found: FoundFile }) {
  switch (found.kind) {
    case "failed":
      return <Failure error={found.error} />;
    case "timeline":
    case "link":
      return (
        <>
          <TimelineFacts document={found.document} />
          {found.kind === "timeline" && <OpenTimeline found={found} />}
        </>
      );
    case "artefact":
      return <Artefact found={found} />;
    case "network":
      return (
        <>
          <NetworkFacts network={found.model.network} />
          <Fits network={found.model.network} />
          <p className="files-acts">
            <UseAsNetwork found={found} />
          </p>
        </>
      );
    case "dataset":
      return (
        <>
          <DataFacts info={found.dataset.info} />
          <Fits data={{ shape: found.dataset.info.shape, classes: found.dataset.info.classes.length }} />
          <p className="files-acts">
            <UseAsData found={found} />
          </p>
        </>
      );
  }
}

type Found<Kind extends FoundFile["kind"]> = Extract<FoundFile, { readonly kind: Kind }>;

function Artefact({ found }: { readonly found: Found<"artefact"> }) {
  const { t } = useTranslation("files");
  const studio = useStudio();
  const { document } = found.report;
  const openTimeline = () => {
    if (!document) return;
    studio.keeping.getState().shelf.openNew(document);
    void closeFound(studio);
  };
  return (
    <>
      <ArtefactFacts report={found.report} />
      <Fits network={found.report.network} />
      <p className="files-acts">
        <UseAsNetwork found={found} />
        {document && (
          <button type="button" className="button" onClick={openTimeline}>
            {t("openItsTimeline")}
          </button>
        )}
      </p>
      <EvaluateFile bytes={found.bytes} document={document} />
    </>
  );
}

function UseAsNetwork({ found }: { readonly found: Found<"artefact" | "network"> }) {
  const { t } = useTranslation("files");
  const studio = useStudio();
  const isUsed = useFiles((state) => state.used.has(found.id));
  const [error, setError] = useState<EngineErrorData | null>(null);
  const take = () => {
    setError(null);
    takeAsNetwork(studio, found).catch((thrown: unknown) => setError(toErrorData(thrown)));
  };
  return (
    <>
      <TakeButton label={t("useAsNetwork")} isUsed={isUsed} onTake={take} />
      {error && <Failure error={error} />}
    </>
  );
}

function UseAsData({ found }: { readonly found: Found<"dataset"> }) {
  const { t } = useTranslation("files");
  const studio = useStudio();
  const isUsed = useFiles((state) => state.used.has(found.id));
  return <TakeButton label={t("useAsData")} isUsed={isUsed} onTake={() => takeAsData(studio, found)} />;
}

interface TakeProps {
  readonly label: string;
  readonly isUsed: boolean;
  readonly onTake: () => void;
}

/** Stays where it is when it is done: the focus is on it. */
function TakeButton({ label, isUsed, onTake }: TakeProps) {
  const { t } = useTranslation("files");
  return (
    <>
      <button
        type="button"
        className={isUsed ? "button" : "button primary"}
        aria-disabled={isUsed}
        onClick={() => !isUsed && onTake()}
      >
        {label}
      </button>
      {isUsed && (
        <span className="small" role="status">
          ✓ {t("inUse")}
        </span>
      )}
    </>
  );
}

function OpenTimeline({ found }: { readonly found: Found<"timeline"> }) {
  const { t } = useTranslation("files");
  const studio = useStudio();
  const open = () => {
    studio.keeping.getState().shelf.openNew(found.document);
    void closeFound(studio);
  };
  return (
    <p className="files-acts">
      <button type="button" className="button primary" onClick={open}>
        {t("openTimeline")}
      </button>
    </p>
  );
}
