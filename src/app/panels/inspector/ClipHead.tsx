/** What a clip's method is: name, how closely it follows its source, one sentence, its formula. */
import { useTranslation } from "react-i18next";
import { type BlockMeta, familyOf } from "../../../engine/blocks/block";
import { isBlockId } from "../../../engine/blocks/catalog";
import type { Clip } from "../../../engine/document/document";
import { citations } from "../../../survey/citations";
import { blockName, wordsOfBlock } from "../../edits/clip-names";
import { useSay } from "../../i18n/i18n";
import { useStudio } from "../../stores/use-studio";
import { focusInspector } from "../../widgets/focus-inspector";
import { formulas } from "../../../engine/blocks/formulas.generated";

export function ClipHead({ clip, meta }: { readonly clip: Clip; readonly meta: BlockMeta | null }) {
  const { t } = useTranslation("inspector");
  const { t: common } = useTranslation("common");
  const say = useSay();
  const studio = useStudio();
  const words = wordsOfBlock(clip.block);
  return (
    <header className="inspector-head">
      <div className="inspector-line">
        <h2 id="inspector-title" tabIndex={-1}>
          <span className="swatch" aria-hidden="true" /> {say(blockName(clip.block))}
        </h2>
        {meta && <FidelityTag meta={meta} />}
      </div>
      <div className="inspector-line">
        <p className="small quiet">{t("identity", { kind: common(familyOf(clip.block)), id: clip.id })}</p>
        <button
          type="button"
          className="inspector-back small"
          title={t("backToDocument")}
          onClick={() => {
            studio.document.getState().select(null);
            focusInspector();
          }}
        >
          <span aria-hidden="true">‹</span> {t("documentTitle")}
        </button>
      </div>
      <p>{words ? say(words.summary) : t("unknownBlock")}</p>
      {isBlockId(clip.block) && (
        <p className="inspector-formula" role="math" aria-label={`${t("formula")}: ${formulas[clip.block]}`}>
          {formulas[clip.block].split("  ").map((part) => (
            <span key={part}>{part} </span>
          ))}
        </p>
      )}
    </header>
  );
}

/** `exact [21]`: the number is the survey's; a source that is not in its list is told by its year. */
function FidelityTag({ meta: { fidelity, citations: keys } }: { readonly meta: BlockMeta }) {
  const { t } = useTranslation("inspector");
  const [first] = keys;
  const citation = first && citations[first];
  const number = citation && (citation.survey === undefined ? citation.year : `[${citation.survey}]`);
  return (
    <span className="inspector-tag small" title={t(`fidelityTitle_${fidelity}`)}>
      {t(`fidelity_${fidelity}`)} {number}
    </span>
  );
}
