/** What a benchmark is: a name, and figures that are ratios within one run wherever machines differ. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the figure is meant to reach, if anything. */
  readonly goal?: { readonly atLeast?: number; readonly atMost?: number };
}

export interface Benchmark {
  readonly name: string;
  readonly description: string;
  run(report: (line: string) => void): Promise<readonly Figure[]>;
}

export const meetsGoal = ({ value, goal }: Figure): boolean =>
  (goal?.atLeast === undefined || value >= goal.atLeast) && (goal?.atMost === undefined || value <= goal.atMost);

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
