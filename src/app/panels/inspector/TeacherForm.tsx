/** Who teaches a distiller, and how many images a clip may use. */
import { useTranslation } from "react-i18next";
import type { BlockMeta } from "../../../engine/blocks/block";
import { type Clip, clipEnd } from "../../../engine/document/document";
import { setSamples, setTeacher } from "../../edits/clip-edits";
import { testScores } from "../../../engine/tasks/metrics/scores";
import { formatScore } from "../../i18n/format-metric";
import { useSay } from "../../i18n/i18n";
import { useLibrary, useShownDocument, useStudio } from "../../stores/use-studio";
import { ChoiceField, type Option } from "../../widgets/ChoiceField";
import { clipName } from "../../widgets/clip-words";
import { NumberField } from "../../widgets/NumberField";
import { imagesField } from "./document-fields";

interface Props {
  readonly clip: Clip;
  readonly meta: BlockMeta;
}

export function TeacherForm({ clip, meta }: Props) {
  const { t } = useTranslation("inspector");
  const { edit } = useStudio().document.getState();
  const dataset = useShownDocument().dataset;
  const counts = useLibrary(({ datasets }) => datasets.find(({ id }) => id === dataset.id)?.counts);
  return (
    <div role="group" className="inspector-group" aria-label={meta.needs.teacher ? t("teacher") : t("samples")}>
      {(meta.needs.teacher || clip.teacher !== undefined) && <Teacher clip={clip} meta={meta} />}
      {meta.needs.data && (
        <NumberField
          label={t("samples")}
          value={clip.samples}
          number={imagesField(dataset.train ?? counts?.train)}
          blank={t("all")}
          suffix=""
          hint={t("samplesHint")}
          onChange={(next, gesture) => edit(setSamples(clip.id, next), gesture)}
        />
      )}
    </div>
  );
}

/** Stands for no teacher, which a select cannot hold as undefined. */
const nobody = "";

function Teacher({ clip, meta }: Props) {
  const { t } = useTranslation("inspector");
  const say = useSay();
  const { edit } = useStudio().document.getState();
  const document = useShownDocument();
  const zoo = useLibrary((library) => library.zoo);

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
  return (
    <ChoiceField
      label={t("teacher")}
      value={clip.teacher ?? nobody}
      options={[
        ...(meta.needs.teacher && clip.teacher !== undefined ? [] : [{ value: nobody, label: t("noTeacher") }]),
        { value: "original", label: t("teacherOriginal") },
      ]}
      groups={[
        { label: t("teacherClips"), options: clips },
        { label: t("teacherSameData"), options: networks(true) },
        { label: t("teacherOtherData"), options: networks(false) },
      ]}
      onChange={(teacher) => edit(setTeacher(clip.id, teacher === nobody ? undefined : teacher))}
    />
  );
}
