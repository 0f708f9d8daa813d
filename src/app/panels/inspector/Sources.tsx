/** Where a method comes from: its papers in full, and its place in the survey. Links are text: the page itself asks nobody. */
import { useTranslation } from "react-i18next";
import type { BlockMeta } from "../../../engine/blocks/block";
import { citations, type Citation } from "../../../survey/citations";
import { pathTo, taxonomy } from "../../../survey/taxonomy";
import { useSay } from "../../i18n/i18n";

export function Sources({ meta }: { readonly meta: BlockMeta }) {
  const { t } = useTranslation("inspector");
  const say = useSay();
  return (
    <div role="group" className="inspector-group small" aria-labelledby="inspector-sources">
      <h3 className="panel-title" id="inspector-sources">
        {t("sources")}
      </h3>
      <ul className="inspector-sources">
        {meta.citations.map((key) => (
          <Reference key={key} citation={citations[key]} />
        ))}
      </ul>
      <h3 className="panel-title">{t("inSurvey")}</h3>
      <p>
        {pathTo(meta.survey)
          .map((id) => say(taxonomy[id].title))
          .join(" › ")}
      </p>
      <p className="quiet">{say(taxonomy[meta.survey].meaning)}</p>
    </div>
  );
}

function Reference({ citation }: { readonly citation: Citation }) {
  const { t } = useTranslation("inspector");
  const { authors, title, venue, year, survey, arxiv, doi } = citation;
  return (
    // Titles and names stand as they were published.
    <li lang="en">
      {survey === undefined ? null : <span className="quiet">[{survey}] </span>}
      {authors.endsWith(".") ? authors : `${authors}.`} <cite>{title}</cite>. {venue}, {year}.
      {arxiv !== undefined && <Link href={`https://arxiv.org/abs/${arxiv}`} text={`arXiv:${arxiv}`} />}
      {doi !== undefined && <Link href={`https://doi.org/${doi}`} text={`doi:${doi}`} />}
      {survey === undefined && <span className="quiet"> {t("noReference")}</span>}
    </li>
  );
}

const Link = ({ href, text }: { readonly href: string; readonly text: string }) => (
  <>
    {" "}
    <a href={href} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  </>
);
