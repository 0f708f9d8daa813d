/** A value as its unit asks for: in a sentence (`4 bits`, `off`), and alone in a field (`0.90`). */
import type { TFunction } from "i18next";
import type { NumberParam } from "../../engine/blocks/params";
import { formatNumber } from "../i18n/format";

type Unit = NumberParam["unit"];

/** With decimals that tell values of the unit apart, without a sign for thousands: it can be typed back. */
export function fieldText(value: number, unit: Unit): string {
  if (unit === "fraction") {
    return formatNumber(value, { minimumFractionDigits: 2, maximumFractionDigits: 6, useGrouping: false });
  }
  return String(Number(value.toPrecision(12)));
}

/** Without an exponent, which attributes cannot have. */
export const plainNumber = (value: number): string =>
  /e-/.test(String(value)) ? value.toFixed(20).replace(/0+$/, "") : String(value);

/** What stands behind the field; nothing where the number says it all. */
export function unitSuffix(unit: Unit, t: TFunction<"inspector">): string {
  switch (unit) {
    case "bits":
    case "steps":
    case "rounds":
    case "images":
    case "percentile":
      return t(`unit_${unit}`);
    case "fraction":
    case "rate":
    case "temperature":
    case "none":
      return "";
  }
}

export function formatValue(
  value: number,
  { unit, off }: Pick<NumberParam, "unit" | "off">,
  t: TFunction<"inspector">,
): string {
  if (value === off) return t("off");
  if (unit === "fraction") {
    return `${fieldText(value, unit)} (${formatNumber(100 * value, { maximumFractionDigits: 2 })} %)`;
  }
  if (unit === "rate") return fieldText(value, unit);
  const suffix = unitSuffix(unit, t);
  const number = formatNumber(value, { maximumFractionDigits: 6 });
  return suffix === "" ? number : `${number} ${suffix}`;
}

/** What kind of number it is and how far it goes: `fraction, 0 to 0.999`. */
export function rangeText({ unit, min, max }: Pick<NumberParam, "unit" | "min" | "max">, t: TFunction<"inspector">) {
  const shown = (value: number) =>
    unit === "rate" ? fieldText(value, unit) : formatNumber(value, { maximumFractionDigits: 6 });
  const range = t("range", { min: shown(min), max: shown(max) });
  return unit === "none" ? range : t(`kind_${unit}`, { range });
}
