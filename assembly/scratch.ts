/**
 * The working memory of the kernels: one block, given by the host, whose parts are fixed. No kernel allocates, and the
 * module has no memory of its own: all pointers are into the tfjs backend's heap.
 */

/** Rows of a micro-tile: each A panel holds this many rows side by side. */
export const MR: i32 = 4;
/** Columns of a micro-tile: each B panel holds this many columns side by side. */
export const NR: i32 = 8;
/** Most rows of A packed at a time. */
export const MC: i32 = 64;
/** Most columns of B packed at a time. */
export const NC: i32 = 512;
/** Most of the inner dimension packed at a time: a B panel of 12 KiB and an A panel of 6 KiB fit the first cache. */
export const KC: i32 = 384;
/** Most channels of an image: what lies outside the image is read from this many zeros. */
export const MAX_CHANNELS: i32 = 4096;

const TILE_BYTES: usize = 128;
const A_BYTES: usize = <usize>(MC * KC) << 2;
const B_BYTES: usize = <usize>(KC * NC) << 2;
const ZERO_BYTES: usize = <usize>MAX_CHANNELS << 2;

/** A whole micro-tile, for those at the edge of C. */
export let tileBuffer: usize = 0;
export let aBuffer: usize = 0;
export let bBuffer: usize = 0;
export let zeros: usize = 0;

/** Bytes that setScratch expects. */
export function scratchBytes(): usize {
  return TILE_BYTES + A_BYTES + B_BYTES + ZERO_BYTES + 16;
}

/** Largest channel count the convolutions take. */
export function maxChannels(): i32 {
  return MAX_CHANNELS;
}

/** Gives the kernels their working memory, scratchBytes() long. */
export function setScratch(pointer: usize): void {
  const start = (pointer + 15) & ~(<usize>15);
  tileBuffer = start;
  aBuffer = tileBuffer + TILE_BYTES;
  bBuffer = aBuffer + A_BYTES;
  zeros = bBuffer + B_BYTES;
  memory.fill(zeros, 0, ZERO_BYTES);
}
