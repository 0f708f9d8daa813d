/** Why a preview or a scan came to nothing. */
import { useTranslation } from "react-i18next";
import type { EngineErrorData } from "../../../../worker/protocol";

export function StudyError({ error }: { readonly error: EngineErrorData }) {
  const { t } = useTranslation("errors");
  return (
    <div role="alert" className="prune-error">
      <p>{t(error.code)}</p>
      <p className="small quiet">{error.message}</p>
    </div>
  );
}
