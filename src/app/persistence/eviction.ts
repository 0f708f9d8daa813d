/** Which kept runs go when there are too many: the least recently used. Documents never do. */

export interface RunUse {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  /** Of its artefact. */
  readonly bytes: number;
}

export interface RunLimits {
  readonly count: number;
  readonly bytes: number;
}

export const runLimits: RunLimits = { count: 50, bytes: 64 * 2 ** 20 };

/** @returns ids of the runs to remove; the latest stays, however large it is */
export function runsToEvict(runs: readonly RunUse[], limits: RunLimits = runLimits): string[] {
  const latestFirst = runs.toSorted((a, b) => b.usedAt - a.usedAt);
  let bytes = 0;
  const tooMany = latestFirst.findIndex((run, place) => {
    bytes += run.bytes;
    return place > 0 && (place >= limits.count || bytes > limits.bytes);
  });
  return tooMany < 0 ? [] : latestFirst.slice(tooMany).map(({ id }) => id);
}
