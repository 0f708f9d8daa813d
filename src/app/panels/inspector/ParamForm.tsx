/** A form made from a block's parameter schema. */
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { BlockMeta } from "../../../engine/blocks/block";
import { idleReason, type Param, paramProblem, type ParamValue } from "../../../engine/blocks/params";
import { type Clip, sortedJson } from "../../../engine/document/document";
import { resetParam, setParam } from "../../edits/clip-edits";
import { useSay } from "../../i18n/i18n";
import { useStudio } from "../../stores/use-studio";
import { ChoiceField } from "../../widgets/ChoiceField";
import { type ParamWords, paramWords } from "../../edits/clip-names";
import { formatValue } from "../../widgets/format-value";
import { SliderField } from "../../widgets/SliderField";
import { SwitchField } from "../../widgets/SwitchField";
import { shownParam } from "../../edits/param-text";
import { RateCurve, SparsityCurve } from "./ScheduleCurve";
import { WidthsForm } from "./params/WidthsForm";
import { ListParamField } from "./params/ListParamField";
import { NetworkParamField } from "./params/NetworkParamField";

interface Props {
  readonly clip: Clip;
  readonly meta: BlockMeta;
}

/** The parameters after which the curve of a schedule stands. */
const curves = { schedule: SparsityCurve, learningRateSchedule: RateCurve } as const;
const isCurve = (name: string): name is keyof typeof curves => Object.hasOwn(curves, name);

export function ParamForm({ clip, meta }: Props) {
  const fields = Object.entries(meta.params).map(([name, param]) => {
    const words = paramWords(clip.block, name);
    const Curve = isCurve(name) ? curves[name] : null;
    return (
      <div key={name} className="inspector-param">
        <ParamField clip={clip} meta={meta} name={name} param={param} words={words} />
        {Curve && <Curve clip={clip} />}
      </div>
    );
  });
  return (
    <>
      {fields}
      {meta.byLayer && <WidthsForm clip={clip} meta={meta} />}
    </>
  );
}

interface FieldProps extends Props {
  readonly name: string;
  readonly param: Param;
  /** Of a parameter that has none its name is shown. */
  readonly words: ParamWords | undefined;
}

function ParamField({ clip, meta, name, param, words }: FieldProps) {
  const { t } = useTranslation("inspector");
  const say = useSay();
  const { edit } = useStudio().document.getState();
  const label = words ? say(words.label) : name;
  const value = clip.params[name] ?? param.default;
  const idle = idleReason(name, meta.params, clip.params);
  const optionLabel = (option: string) => (words?.options?.[option] ? say(words.options[option]) : option);
  const set = (next: ParamValue, gesture?: string) => edit(setParam(clip.id, name, next), gesture);
  const field = {
    label,
    disabled: idle && t(`why_${idle}`),
    reset:
      sortedJson(value) === sortedJson(param.default)
        ? undefined
        : {
            label: t("reset", { label, value: defaultText(param, optionLabel, t) }),
            onReset: () => edit(resetParam(clip.id, name)),
          },
  };
  switch (param.type) {
    case "number":
      return (
        <SliderField
          {...field}
          value={typeof value === "number" ? value : String(value)}
          number={param}
          onChange={(next, gesture) => set(next, gesture)}
        />
      );
    case "choice":
      return (
        <ChoiceField
          {...field}
          value={String(value)}
          options={param.options.map((option) => ({ value: option, label: optionLabel(option) }))}
          onChange={(next) => set(next)}
        />
      );
    case "switch":
      return (
        <SwitchField
          {...field}
          value={value === true}
          problem={paramProblem(name, param, value) && t("cannotRun")}
          onChange={(next) => set(next)}
        />
      );
    case "network":
      return <NetworkParamField {...field} clip={clip} param={param} value={String(value)} onChange={set} />;
    case "numbers":
    case "layers":
    case "layer-pairs":
      return <ListParamField field={field} clip={clip} name={name} param={param} value={value} onChange={set} />;
  }
}

const defaultText = (param: Param, optionLabel: (option: string) => string, t: TFunction<"inspector">): string =>
  param.type === "number"
    ? formatValue(param.default, param, t)
    : param.type === "choice"
      ? optionLabel(param.default)
      : param.type === "switch"
        ? t(param.default ? "on" : "off")
        : shownParam(param.default) || t("none");
