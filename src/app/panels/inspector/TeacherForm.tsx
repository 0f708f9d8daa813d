/** Who teaches a distiller, and how many images a clip may use. */
import { useTranslation } from "react-i18next";
import type { BlockMeta } from "../../../engine/blocks/block";
import type { Clip } from "../../../engine/document/document";
import { setSamples, setTeacher } from "../../edits/clip-edits";
import { useLibrary, useShownDocument, useStudio } from "../../stores/use-studio";
import { ChoiceField } from "../../widgets/ChoiceField";
import { NumberField } from "../../widgets/NumberField";
import { imagesField } from "./document-fields";
import { useNetworkOptions } from "./network-options";

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

const teacherOrigins = ["original", "after", "zoo"] as const;

/** Stands for no teacher, which a select cannot hold as undefined. */
const nobody = "";

function Teacher({ clip, meta }: Props) {
  const { t } = useTranslation("inspector");
  const { edit } = useStudio().document.getState();
  const { options, groups } = useNetworkOptions(clip, teacherOrigins);
  return (
    <ChoiceField
      label={t("teacher")}
      value={clip.teacher ?? nobody}
      options={[
        ...(meta.needs.teacher && clip.teacher !== undefined ? [] : [{ value: nobody, label: t("noTeacher") }]),
        ...options,
      ]}
      groups={groups}
      onChange={(teacher) => edit(setTeacher(clip.id, teacher === nobody ? undefined : teacher))}
    />
  );
}
