/** The layers of a network that a document names, asked of the engine once for each source. */
import { useEffect, useState } from "react";
import type { TimelineDocument } from "../../../../engine/document/document";
import { useShownDocument, useStudio } from "../../../stores/use-studio";

export interface NetworkLayers {
  /** Ids of all nodes but the input. */
  readonly all: readonly string[];
  /** Of those that have weights. */
  readonly weighted: readonly string[];
}

const unknown: NetworkLayers = { all: [], weighted: [] };

/** What a clip leaves has the layers of the source it began from, as far as a page can tell before a run. */
const sourceOf = (reference: string, { model }: TimelineDocument): string =>
  reference === "original" || reference.startsWith("after:") ? model.source : reference;

/** Empty until they are known, and where they cannot be had: a name can be typed then. */
export function useLayers(reference: string, wanted: boolean): NetworkLayers {
  const { engine } = useStudio();
  const document = useShownDocument();
  const source = sourceOf(reference, document);
  const dataset = document.dataset.id;
  const key = `${source} ${dataset}`;
  const [found, setFound] = useState<{ readonly key: string; readonly layers: NetworkLayers } | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    engine.call("layers", { source, dataset }).then(
      (layers) => current && setFound({ key, layers }),
      () => current && setFound({ key, layers: unknown }),
    );
    return () => {
      current = false;
    };
  }, [engine, wanted, source, dataset, key]);
  return wanted && found?.key === key ? found.layers : unknown;
}
