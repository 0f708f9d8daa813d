/** What a person says of single layers of a pruning clip, as pure functions from document to document. */
import type { LayerWidth } from "../../engine/blocks/block";
import type { Clip, TimelineDocument } from "../../engine/document/document";
import type { Edit } from "./clip-edits";

type Layers = NonNullable<Clip["layers"]>;
type Layer = Layers[string];

const isEmpty = ({ sparsity, keep, wBits, aBits }: Layer): boolean =>
  (sparsity ?? wBits ?? aBits) === undefined && (keep === undefined || keep.length === 0);

/** Layers of which nothing is said are not written down. */
function changeLayers(
  document: TimelineDocument,
  clipId: string,
  change: (layers: Layers) => Layers,
): TimelineDocument {
  return {
    ...document,
    clips: document.clips.map((clip) => {
      if (clip.id !== clipId) return clip;
      const { layers: before = {}, ...rest } = clip;
      const said = Object.entries(change(before)).filter(([, layer]) => !isEmpty(layer));
      return said.length > 0 ? { ...rest, layers: Object.fromEntries(said) } : rest;
    }),
  };
}

/** Keeps a unit whatever its score, or leaves it to the criterion again. */
export const keepUnit =
  (clipId: string, group: string, unit: number, kept: boolean): Edit =>
  (document) =>
    changeLayers(document, clipId, (layers) => {
      const { keep = [], ...layer } = layers[group] ?? {};
      const others = keep.filter((other) => other !== unit);
      const next = kept ? [...others, unit].sort((a, b) => a - b) : others;
      return { ...layers, [group]: next.length > 0 ? { ...layer, keep: next } : layer };
    });

/** One edit for all layers: those that are not named follow the clip. What is kept stays kept. */
export const setLayerRatios =
  (clipId: string, ratios: ReadonlyMap<string, number>): Edit =>
  (document) =>
    changeLayers(document, clipId, (layers) => {
      const ids = new Set([...Object.keys(layers), ...ratios.keys()]);
      return Object.fromEntries(
        [...ids].map((id) => {
          const { sparsity: _, ...rest } = layers[id] ?? {};
          const sparsity = ratios.get(id);
          return [id, sparsity === undefined ? rest : { ...rest, sparsity }];
        }),
      );
    });

/** @param bits undefined for the clip's own */
export const setLayerWidth =
  (clipId: string, layer: string, width: LayerWidth, bits: number | undefined): Edit =>
  (document) =>
    changeLayers(document, clipId, (layers) => {
      const { [width]: _, ...rest } = layers[layer] ?? {};
      return { ...layers, [layer]: bits === undefined ? rest : { ...rest, [width]: bits } };
    });

export const clearLayerRatios = (clipId: string): Edit => setLayerRatios(clipId, new Map());
