/** How the positions of a slider lie to the values of a number: evenly, or in round values from decade to decade. */

export interface Scale {
  readonly min: number;
  readonly max: number;
  /** Between two positions of an even scale. */
  readonly step: number;
  readonly scale: "linear" | "log";
}

/** Beyond that a slider moves by more than it says. */
const mostPositions = 10_000;

/** Of one decade of a log scale: 1, 1.5, 2, ... 9.5. */
const perDecade = 18;

/** Place of a value on the log scale; within a decade it is even. */
function logPlace(value: number): number {
  // 1e-3 has the logarithm -2.9999999999999996.
  const decade = Math.floor(Math.log10(value) + 1e-9);
  return perDecade * (decade + (value / 10 ** decade - 1) / 9);
}

function logValue(place: number): number {
  const decade = Math.floor(place / perDecade);
  return Number((1 + (place - decade * perDecade) / 2).toFixed(1)) * 10 ** decade;
}

const decimalsOf = (value: number): number => {
  const [digits = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (digits.split(".")[1]?.length ?? 0) - Number(exponent));
};

/** The last position; the first is 0. */
export const lastPosition = ({ min, max, step, scale }: Scale): number =>
  scale === "log" ? Math.ceil(logPlace(max) - logPlace(min) - 1e-9) : Math.ceil((max - min) / step - 1e-9);

export const hasSlider = (scale: Scale): boolean => lastPosition(scale) <= mostPositions;

export function positionOf(scale: Scale, value: number): number {
  const { min, max, step } = scale;
  const within = Math.min(max, Math.max(min, value));
  const place = scale.scale === "log" ? logPlace(within) - logPlace(min) : (within - min) / step;
  return within === max ? lastPosition(scale) : Math.round(place);
}

/** Round to the step's decimals; both ends exactly. */
export function valueAt(scale: Scale, position: number): number {
  const { min, max, step } = scale;
  if (position <= 0) return min;
  if (position >= lastPosition(scale)) return max;
  if (scale.scale === "log") return Number(logValue(Math.round(logPlace(min)) + position).toPrecision(2));
  return Number((min + position * step).toFixed(Math.max(decimalsOf(step), decimalsOf(min))));
}
