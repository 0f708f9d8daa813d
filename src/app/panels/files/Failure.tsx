/** What went wrong, beside the thing it went wrong with: what it means and how to mend it, then what the engine said. */
import { useTranslation } from "react-i18next";
import type { EngineErrorData } from "../../../engine/core/errors";

export function Failure({ error }: { readonly error: EngineErrorData }) {
  const { t } = useTranslation("errors");
  return (
    <div className="files-failure" role="alert">
      <p>{t(error.code)}</p>
      <p className="small quiet">{error.message}</p>
    </div>
  );
}
