/** A number with a slider below it, and a box to tick where it can be off. */
import type { CSSProperties, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { NumberParam } from "../../engine/blocks/params";
import { formatValue } from "./format-value";
import { NumberField, type NumberFieldProps } from "./NumberField";
import { hasSlider, lastPosition, positionOf, valueAt } from "./slider-scale";
import { useGesture } from "./use-gesture";

interface Props extends Omit<NumberFieldProps, "number" | "below" | "onChange" | "blank"> {
  readonly number: NumberParam;
  onChange(value: number, gesture: string): void;
}

export function SliderField({ number, onChange, ...field }: Props) {
  const change = (value: number | undefined, gesture: string) => value !== undefined && onChange(value, gesture);
  const slider = hasSlider(number) && <Slider {...field} number={number} onChange={onChange} />;
  const off = number.off !== undefined && <Off {...field} number={number} off={number.off} onChange={onChange} />;
  const below: ReactNode = (slider || off) && (
    <div className="field-below">
      {slider}
      {off}
    </div>
  );
  return <NumberField {...field} number={number} onChange={change} below={below} />;
}

function Slider({ label, value, number, disabled, onChange }: Props) {
  const { t } = useTranslation("inspector");
  const gesture = useGesture();
  const last = lastPosition(number);
  const at = typeof value === "number" && value !== number.off ? value : number.default;
  const position = positionOf(number, at);
  return (
    <input
      className="field-slider"
      type="range"
      min={0}
      max={last}
      step={1}
      value={position}
      disabled={disabled !== undefined || value === number.off}
      aria-label={label}
      aria-valuetext={formatValue(at, number, t)}
      style={{ "--filled": `${(100 * position) / last}%` } as CSSProperties}
      onPointerDown={gesture.begin}
      onPointerUp={gesture.begin}
      onBlur={gesture.begin}
      onChange={(event) => onChange(valueAt(number, Number(event.target.value)), gesture.name())}
    />
  );
}

function Off({ label, value, number, off, disabled, onChange }: Props & { readonly off: number }) {
  const { t } = useTranslation("inspector");
  const gesture = useGesture();
  const on = number.default === off ? number.max : number.default;
  return (
    <label className="field-off small">
      <input
        type="checkbox"
        checked={value === off}
        disabled={disabled !== undefined}
        aria-label={`${label}: ${t("off")}`}
        onChange={(event) => {
          gesture.begin();
          onChange(event.target.checked ? off : on, gesture.name());
        }}
      />
      {t("off")}
    </label>
  );
}
