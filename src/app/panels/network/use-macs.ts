/**
 * Multiply-accumulates of each layer, read from the file of the latest boundary. That takes a request to the engine, so
 * that it waits until the run is over; without it the table does without the column.
 */
import { useEffect, useState } from "react";
import { fileOfRun } from "../../actions/download";
import { isActive } from "../../stores/run-store";
import { useRuns, useStudio } from "../../stores/use-studio";

type Macs = ReadonlyMap<string, number>;

/** @param latest whether the latest boundary is shown: of no other there is a file */
export function useMacs(latest: boolean): Macs | null {
  const { engine } = useStudio();
  const id = useRuns(({ current }) => (current && !isActive(current) ? current.id : null));
  const artefact = useRuns(({ current }) => current?.artefact ?? null);
  const shipped = useRuns(({ current }) => current?.shipped === true);
  const [found, setFound] = useState<{ readonly id: string; readonly macs: Macs } | null>(null);
  useEffect(() => {
    if (id === null || (shipped && !artefact)) return;
    let wanted = true;
    const read = async (): Promise<void> => {
      const file = await fileOfRun(engine, { id, artefact });
      const { network } = await engine.call("inspect", { file });
      if (wanted) setFound({ id, macs: new Map(network.layers.map((layer) => [layer.id, layer.macs])) });
    };
    // A file that is kept no longer is no failure: the column stays away.
    read().catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [engine, id, artefact, shipped]);
  return latest && found?.id === id ? found.macs : null;
}
