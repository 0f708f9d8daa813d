/** Says before use where a network and data do not fit each other. */
import { useTranslation } from "react-i18next";
import { useDocument, useFiles, useLibrary } from "../../stores/use-studio";
import { dataOf, type DataShape, mismatchOf, networkOf, type NetworkShape } from "./sources";

/** What is not given is that of the document. */
export function Fits({ network, data }: { readonly network?: NetworkShape; readonly data?: DataShape }) {
  const { t } = useTranslation("files");
  const library = useLibrary((state) => state);
  const facts = useFiles((state) => state.facts);
  const source = useDocument((state) => state.document.model.source);
  const dataset = useDocument((state) => state.document.dataset.id);
  const mismatch = mismatchOf(
    network ?? networkOf(source, library, facts).shape,
    data ?? dataOf(dataset, library, facts).shape,
  );
  if (!mismatch) return null;
  return (
    <p className="files-warning" role="status">
      {t(mismatch.what, { network: mismatch.network, data: mismatch.data })}
    </p>
  );
}
