/** A form made from a block's parameter schema. */
import { useTranslation } from "react-i18next";
import type { BlockMeta } from "../../../engine/blocks/block";
import type { Param } from "../../../engine/blocks/params";
import type { Clip } from "../../../engine/document/document";
import { resetParam, setParam } from "../../edits/clip-edits";
import { useSay } from "../../i18n/i18n";
import { useStudio } from "../../stores/use-studio";
import { ChoiceField } from "../../widgets/ChoiceField";
import { type ParamWords, paramWords } from "../../edits/clip-names";
import { formatValue } from "../../widgets/format-value";
import { SliderField } from "../../widgets/SliderField";
import { RateCurve, SparsityCurve } from "./ScheduleCurve";
import { idleReason } from "./param-rules";

interface Props {
  readonly clip: Clip;
  readonly meta: BlockMeta;
}

/** The parameters after which the curve of a schedule stands. */
const curves = { schedule: SparsityCurve, learningRateSchedule: RateCurve } as const;
const isCurve = (name: string): name is keyof typeof curves => Object.hasOwn(curves, name);

export function ParamForm({ clip, meta }: Props) {
  return Object.entries(meta.params).map(([name, param]) => {
    const words = paramWords(clip.block, name);
    const Curve = isCurve(name) ? curves[name] : null;
    return (
      <div key={name} className="inspector-param">
        {words && <ParamField clip={clip} meta={meta} name={name} param={param} words={words} />}
        {Curve && <Curve clip={clip} />}
      </div>
    );
  });
}

interface FieldProps extends Props {
  readonly name: string;
  readonly param: Param;
  readonly words: ParamWords;
}

function ParamField({ clip, meta, name, param, words }: FieldProps) {
  const { t } = useTranslation("inspector");
  const say = useSay();
  const { edit } = useStudio().document.getState();
  const label = say(words.label);
  const value = clip.params[name] ?? param.default;
  const idle = idleReason(name, meta, clip.params);
  const optionLabel = (option: string) => (words.options?.[option] ? say(words.options[option]) : option);
  const initial = param.type === "number" ? formatValue(param.default, param, t) : optionLabel(param.default);
  const field = {
    label,
    disabled: idle && t(`why_${idle}`),
    reset:
      value === param.default
        ? undefined
        : { label: t("reset", { label, value: initial }), onReset: () => edit(resetParam(clip.id, name)) },
  };
  if (param.type === "number") {
    return (
      <SliderField
        {...field}
        value={value}
        number={param}
        onChange={(next, gesture) => edit(setParam(clip.id, name, next), gesture)}
      />
    );
  }
  return (
    <ChoiceField
      {...field}
      value={String(value)}
      options={param.options.map((option) => ({ value: option, label: optionLabel(option) }))}
      onChange={(next) => edit(setParam(clip.id, name, next))}
    />
  );
}
