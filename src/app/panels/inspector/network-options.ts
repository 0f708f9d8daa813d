/** The networks that a clip of a document may name, as a list to choose from. */
import { useTranslation } from "react-i18next";
import type { NetworkOrigin } from "../../../engine/blocks/params";
import { type Clip, clipEnd } from "../../../engine/document/document";
import { builtNetworks } from "../../../engine/document/networks";
import { testScores } from "../../../engine/tasks/metrics/scores";
import { formatScore } from "../../i18n/format-metric";
import { useSay } from "../../i18n/i18n";
import { useLibrary, useShownDocument } from "../../stores/use-studio";
import type { Option, OptionGroup } from "../../widgets/ChoiceField";
import { clipName } from "../../widgets/clip-words";

export interface NetworkOptions {
  readonly options: readonly Option[];
  readonly groups: readonly OptionGroup[];
}

export function useNetworkOptions(clip: Clip, origins: readonly NetworkOrigin[]): NetworkOptions {
  const { t } = useTranslation("inspector");
  const say = useSay();
  const document = useShownDocument();
  const zoo = useLibrary((library) => library.zoo);
  const stored = useLibrary((library) => library.stored);
  const others = document.clips.filter((other) => other.id !== clip.id);
  const clips: Option[] = others.map((other) => {
    const name = clipName(document, other.id, say);
    const ready = clipEnd(other) <= clip.start;
    return { value: `after:${other.id}`, label: ready ? name : t("teacherNotReady", { clip: name }) };
  });
  const networks = (onSameData: boolean): Option[] =>
    zoo
      .filter(({ dataset }) => (dataset === document.dataset.id) === onSameData)
      .map(({ id, build, dataset, ...entry }) => ({
        value: `zoo:${id}`,
        label: t("teacherOption", { build, dataset, score: formatScore(testScores(entry), 1) }),
      }));
  const built: Option[] = builtNetworks.map((id) => ({ value: `build:${id}`, label: id }));
  const own: Option[] = stored.flatMap(({ kind, source }) =>
    kind === "model" ? [{ value: source, label: source }] : [],
  );
  const offered = (origin: NetworkOrigin, label: string, options: readonly Option[]): OptionGroup[] =>
    origins.includes(origin) ? [{ label, options }] : [];
  return {
    options: origins.includes("original") ? [{ value: "original", label: t("teacherOriginal") }] : [],
    groups: [
      ...offered("after", t("teacherClips"), clips),
      ...offered("zoo", t("teacherSameData"), networks(true)),
      ...offered("zoo", t("teacherOtherData"), networks(false)),
      ...offered("build", t("networksBuilt"), built),
      ...offered("file", t("networksOwn"), own),
    ],
  };
}
