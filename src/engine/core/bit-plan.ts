/**
 * Widths as data: how many bits each layer gives its kernel and the values that it reads. Set by hand, by a search, or
 * read back from a snapshot, whose quantizers carry it.
 */

export interface LayerWidths {
  /** Of the kernel; 2 to 8. Absent: as it is. */
  readonly wBits?: number;
  /** Of the values that the layer reads; 2 to 8, or 32 for floats. Absent: as they are. */
  readonly aBits?: number;
}

/** By the id of the layer's node. */
export type BitPlan = ReadonlyMap<string, LayerWidths>;

/** What a file that stores a plan takes for each width: the width less one. */
export const planBitsPerWidth = 4;

/** How many widths a plan holds; floats have none. */
export const widthsIn = (plan: BitPlan): number =>
  [...plan.values()].reduce((count, { wBits, aBits }) => count + (wBits ? 1 : 0) + (aBits && aBits < 32 ? 1 : 0), 0);
