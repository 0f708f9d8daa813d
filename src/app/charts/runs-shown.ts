/** Which runs a picture shows beside the one at hand. */
import { useMemo } from "react";
import type { TimelineDocument } from "../../engine/document/document";
import type { Point, Run } from "../stores/run-store";
import { useDocument, useRuns } from "../stores/use-studio";
import { isComparable } from "./layers";

const noPoints: readonly Point[] = [];

/** Of the run at hand. The same array until a point comes. */
export const useCurrentPoints = (): readonly Point[] => useRuns(({ current }) => current?.points ?? noPoints);

/** What the run at hand executes; without one, what the next would. */
export function useReferenceDocument(): TimelineDocument {
  const executed = useRuns(({ current }) => current?.document);
  const edited = useDocument(({ document }) => document);
  return executed ?? edited;
}

export interface EarlierRuns {
  readonly drawn: readonly Run[];
  /** How many are not, because their figures do not compare. */
  readonly others: number;
}

/** Earlier runs that are to be drawn, latest first. The same object while none comes or goes. */
export function useEarlierRuns(): EarlierRuns {
  const earlier = useRuns((runs) => runs.earlier);
  const hidden = useRuns((runs) => runs.hidden);
  const { dataset, model } = useReferenceDocument();
  return useMemo(() => {
    const wanted = earlier.filter(({ id, points }) => !hidden.has(id) && points.length > 0);
    const reference = { document: { dataset, model } };
    const drawn = wanted.filter((run) => isComparable(reference, run));
    return { drawn, others: wanted.length - drawn.length };
  }, [earlier, hidden, dataset, model]);
}
