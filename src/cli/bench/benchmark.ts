/** What a benchmark is: a name, and figures that are ratios within one run wherever machines differ. */
export interface Figure {
  readonly name: string;
  /** Null where there is none; `note` says why. */
  readonly value: number | null;
  readonly unit: string;
  /** Smallest and largest of the rounds of which `value` is the median. */
  readonly spread?: readonly [number, number];
  readonly note?: string;
  /** What the figure is meant to reach, if anything. */
  readonly goal?: { readonly atLeast?: number; readonly atMost?: number };
  /** Its place in a table, where there are too many for a line each. */
  readonly cell?: { readonly table: string; readonly row: string; readonly column: string };
}

export interface BenchOptions {
  /** Fewer networks and repeats: all of it in less than two minutes. */
  readonly quick: boolean;
  /** One line of what is going on, for standard error. */
  report(line: string): void;
}

export interface Benchmark {
  readonly name: string;
  readonly description: string;
  /** False where it must be asked for, as it needs what not everyone has. */
  readonly byDefault: boolean;
  run(options: BenchOptions): Promise<readonly Figure[]>;
}

/** A figure that there is not has missed nothing. */
export const meetsGoal = ({ value, goal }: Figure): boolean =>
  value === null ||
  ((goal?.atLeast === undefined || value >= goal.atLeast) && (goal?.atMost === undefined || value <= goal.atMost));

/** The upper one of the middle two where their number is even. NaN of none. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Value and spread of a figure measured in rounds. */
export const overRounds = (values: readonly number[]): { value: number; spread: readonly [number, number] } => ({
  value: median(values),
  spread: [Math.min(...values), Math.max(...values)],
});

/**
 * Exponent k of the power law y = c x^k that fits best in the logarithms (least squares): 1 where y is proportional
 * to x.
 */
export function fittedExponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
