/** What the chosen backend has in this browser, how fast that is, and what the browser lacks. */
import { useTranslation } from "react-i18next";
import { formatNumber } from "../../i18n/format";
import type { BackendReport } from "../../../worker/protocol";
import { type Loss, lossesOf } from "./backend-losses";

export function BackendFacts({ report }: { readonly report: BackendReport }) {
  const { t } = useTranslation("bar");
  const { backend, candidates, kernels } = report;
  const milliseconds = candidates.find(({ name }) => name === backend)?.milliseconds;
  const has = [
    backend,
    ...(report.simd ? [report.relaxedSimd ? t("relaxedSimd") : "SIMD"] : []),
    ...(backend === "wasm" ? [report.threads > 1 ? t("threads", { count: report.threads }) : t("thread")] : []),
    ...(kernels?.linked ? [t("compiledKernels", { count: kernels.enabled.length })] : []),
  ];
  return (
    <>
      <p className="small quiet">{has.join(" · ")}</p>
      {milliseconds !== undefined && (
        <p className="small quiet">
          {t("backendNow", { ms: formatNumber(milliseconds, { maximumSignificantDigits: 2 }) })}
        </p>
      )}
      <Losses losses={lossesOf(report)} />
    </>
  );
}

function Losses({ losses }: { readonly losses: readonly Loss[] }) {
  const { t } = useTranslation("bar");
  if (losses.length === 0) return null;
  return (
    <section className="backend-losses" aria-label={t("lacks")}>
      <h3 className="panel-title">{t("lacks")}</h3>
      <ul className="small">
        {losses.map(({ key, names = [], reasons = [] }) => (
          <li key={key}>
            {t(key, { names: names.join(", ") })}
            {reasons.map((reason) => (
              <span key={reason} className="quiet backend-reason">
                {reason}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
