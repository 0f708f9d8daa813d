/**
 * Where the masks of channels act. A mask of 0 has to be what surgery does, and one between 0 and 1 must not be undone by
 * batch normalization behind it. So a mask multiplies what makes the channel last: gamma and beta where normalization
 * follows a layer directly, kernel and bias where none does, and every other normalization that the channel goes through.
 * Layers that are joined by an addition share the masks of their units.
 */
import { consumersOf, type Network } from "../../../core/network";
import type { ChannelGroup } from "../../../surgery/channel-groups";

export interface MaskedPlace {
  /** Id of the channel group whose masks these are. */
  readonly group: string;
  /** Of the parameter. */
  readonly axis: number;
  /** Index along the axis -> unit, or -1. */
  readonly unitOf: Int32Array;
}

/** Parameter name -> where masks act on it. */
export function maskedPlaces(network: Network, groups: readonly ChannelGroup[]): Map<string, MaskedPlace[]> {
  const readers = consumersOf(network);
  const normalized = (id: string): boolean => {
    const [reader, other] = readers.get(id)!;
    return reader?.op === "batch-norm" && other === undefined;
  };
  const places = new Map<string, MaskedPlace[]>();
  for (const group of groups) {
    for (const { side, role, node, parameter, axis, unitOf } of group.slices) {
      if (side !== "makes" || role === "movingMean" || role === "movingVariance") continue;
      if ((role === "kernel" || role === "bias") && normalized(node)) continue;
      places.set(parameter, [...(places.get(parameter) ?? []), { group: group.id, axis, unitOf }]);
    }
  }
  return places;
}
