/** A parameter that is a list: numbers, a set of widths, layers, pairs of layers. */
import { useTranslation } from "react-i18next";
import {
  type LayerPairsParam,
  type LayersParam,
  type NumbersParam,
  paramProblem,
  type ParamValue,
} from "../../../../engine/blocks/params";
import type { Clip } from "../../../../engine/document/document";
import { formatNumber } from "../../../i18n/format";
import type { FieldProps } from "../../../widgets/field";
import { rangeText } from "../../../widgets/format-value";
import { ListField } from "../../../widgets/ListField";
import { PairsField } from "../../../widgets/PairsField";
import { SetField } from "../../../widgets/SetField";
import { useLayers } from "./use-layers";

interface Props {
  readonly field: FieldProps;
  readonly clip: Clip;
  readonly name: string;
  readonly param: NumbersParam | LayersParam | LayerPairsParam;
  readonly value: ParamValue;
  onChange(value: ParamValue): void;
}

/** More widths than these are typed, not ticked. */
const mostBoxes = 16;

export function ListParamField({ field, clip, name, param, value, onChange }: Props) {
  const { t } = useTranslation("inspector");
  const student = useLayers("original", param.type !== "numbers");
  const teacher = useLayers(clip.teacher ?? "original", param.type === "layer-pairs");
  const held = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const count = t("listCount", { least: formatNumber(param.least), most: formatNumber(param.most) });
  const wrong = (next: unknown) => paramProblem(name, param, next) !== undefined;
  if (param.type === "layer-pairs") {
    const pairs = held.filter((pair): pair is readonly [string, string] => Array.isArray(pair) && pair.length === 2);
    return (
      <PairsField
        {...field}
        value={pairs}
        students={student.all}
        teachers={teacher.all}
        most={param.most}
        hint={count}
        problem={wrong(value) ? t("problemList", { expected: count }) : undefined}
        onChange={onChange}
      />
    );
  }
  const expected = param.type === "numbers" ? `${rangeText(param, t)}; ${count}` : count;
  const parse = (entries: readonly string[]): ParamValue =>
    param.type === "layers" ? entries : param.set ? entries.map(Number).sort((a, b) => a - b) : entries.map(Number);
  const options =
    param.type === "layers"
      ? student.all
      : param.set && param.integer && param.max - param.min < mostBoxes
        ? Array.from({ length: param.max - param.min + 1 }, (_, i) => String(param.min + i))
        : [];
  const problemOf = (next: unknown) => (wrong(next) ? t("problemList", { expected }) : undefined);
  if (options.length > 0) {
    return (
      <SetField
        {...field}
        value={held.map(String)}
        options={options}
        hint={expected}
        problem={problemOf(value)}
        onChange={(next) => onChange(parse(next))}
      />
    );
  }
  return (
    <ListField
      {...field}
      value={held.map(String)}
      hint={expected}
      problemOf={(entries) => problemOf(parse(entries))}
      onChange={(entries) => onChange(parse(entries))}
    />
  );
}
