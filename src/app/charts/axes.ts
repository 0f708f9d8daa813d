/** What an axis covers and where its ticks stand, fitted to the data and to whole numbers a reader expects. */

export interface AxisRange {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

export interface Axis extends AxisRange {
  readonly scale: "linear" | "log";
  /** The same function while it says the same. */
  readonly say: (tick: number) => string;
}

export interface AxisPair {
  readonly x: Axis;
  readonly y: Axis;
}

/** The least of 1, 2 and 5 times a power of ten that covers a span in at most `most` steps. */
function stepFor(span: number, most: number): number {
  const power = 10 ** Math.floor(Math.log10(span / most));
  const factor = [1, 2, 5, 10].find((f) => span / (f * power) <= most + 1e-9) ?? 10;
  return factor * power;
}

/** Multiples of a step within a range; `12 * 0.1` comes out as 1.2. */
function multiples(step: number, low: number, high: number): number[] {
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** From 0 to a little more than the largest. */
export function rangeFromZero(largest: number, most = 4): AxisRange {
  const high = largest > 0 && Number.isFinite(largest) ? largest : 1;
  return { domain: [0, 1.05 * high], ticks: multiples(stepFor(high, most), 0, 1.05 * high) };
}

/** Exactly `last` steps. */
export function stepRange(last: number, most = 5): AxisRange {
  const high = Math.max(1, last);
  return { domain: [0, high], ticks: multiples(Math.max(1, stepFor(high, most)), 0, high) };
}

/** Air above and below, as a share of what the data spans: labels stand in it. */
const air = 0.12;
/** Two points in a hundred: less is noise that should not fill the picture. */
const leastSpan = 0.02;

/**
 * Of a task's figures. Begins and ends at a tick, so that it moves seldom while points come in.
 * @param limits what the figure can be
 */
export function scoreRange(
  values: readonly number[],
  most = 6,
  [lowest, highest]: readonly [number, number] = [0, 1],
): AxisRange {
  if (values.length === 0) return { domain: [0, 1], ticks: multiples(0.2, 0, 1) };
  const [least, largest] = [Math.min(...values), Math.max(...values)];
  const lacking = Math.max(0, leastSpan - (largest - least)) / 2;
  const padding = air * (largest - least + 2 * lacking) + lacking;
  const [low, high] = [Math.max(lowest, least - padding), Math.min(highest, largest + padding)];
  const step = stepFor(high - low, most);
  const domain = [
    Math.max(lowest, Math.floor(low / step + 1e-9) * step),
    Math.min(highest, Math.ceil(high / step - 1e-9) * step),
  ] as const;
  return { domain, ticks: multiples(step, ...domain) };
}

/** As many as fit below each other's words on a narrow screen. */
const mostRatioTicks = 8;

/** Of ratios on a log scale: ticks at powers of two, at least 1 to 8. */
export function ratioRange(values: readonly number[]): AxisRange {
  const usable = values.filter((value) => value > 0 && Number.isFinite(value));
  const least = Math.min(1, ...usable);
  const largest = Math.max(8, 1.12 * Math.max(1, ...usable));
  const [first, last] = [Math.floor(Math.log2(least)), Math.ceil(Math.log2(largest))];
  const every = Math.ceil((last - first + 1) / mostRatioTicks);
  const ticks = Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => 2 ** (first + i * every));
  // The dot of an original at 1x stands clear of the axis.
  return { domain: [0.9 * 2 ** first, 2 ** last], ticks };
}
