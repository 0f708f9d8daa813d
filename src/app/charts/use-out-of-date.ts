/** Whether the run that is shown still is what the timeline says. Drawn again when that changes, and not before. */
import { isOutOfDate } from "../stores/run-store";
import { useDocument, useRuns } from "../stores/use-studio";

export function useOutOfDate(): boolean {
  const executed = useRuns(({ current }) => current?.document);
  return useDocument(({ document }) => executed !== undefined && isOutOfDate({ document: executed }, document));
}
