/**
 * 3x3 convolutions of stride 1 by Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray 2016): 36 products for the 16
 * outputs of a tile in place of 144. An image is worked off some tiles at a time, so that the transformed tiles stay in
 * the cache: transform the 6x6 inputs, multiply them by the transformed filter at each of the 36 positions, transform
 * back. The filter gradient is F(3x3, 4x4) over the same tiles and interpolation points (0, 1, -1, 2, -2, infinity).
 *
 * Scratch holds, each position apart, channels rounded up to whole vectors so that no product has an edge:
 * v [36][tiles][Cp], m [36][tiles][Fp], u [36][..]: the filter in panels of 8 columns, or the gradient's sums [Cp][Fp].
 */
import { columnsTile, rowsTile } from "./micro";
import { zeros } from "./scratch";
import { filterLine, gradientLine, inputLine, outputLine, sumsLine } from "./winograd-lines";

const POINTS: i32 = 36;
/** Bytes between positions beyond the data: without them all 36 fall into the same cache set. */
const SPACING: usize = 64;
/** Bytes that the transformed tiles of a block may take. */
const BLOCK_BYTES: i32 = 393216;

let inH: i32 = 0;
let inW: i32 = 0;
let inC: i32 = 0;
let outH: i32 = 0;
let outW: i32 = 0;
let outC: i32 = 0;
let padTop: i32 = 0;
let padLeft: i32 = 0;
let tilesH: i32 = 0;
let tilesW: i32 = 0;
/** Channels in whole vectors of 4, filters in whole panels of 8. */
let channels: i32 = 0;
let filters: i32 = 0;
let blockTiles: i32 = 0;

let table: usize = 0;
let cell: usize = 0;
let v: usize = 0;
let m: usize = 0;
let u: usize = 0;
let vStep: usize = 0;
let mStep: usize = 0;
let uStep: usize = 0;

/** Lanes that exist of the four from c on. */
// @ts-ignore: decorator
@inline
function lanes(c: i32, count: i32): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(c), i32x4(0, 1, 2, 3)), i32x4.splat(count));
}

function prepare(
  scratch: usize, height: i32, width: i32, c: i32, outHeight: i32, outWidth: i32, f: i32, top: i32, left: i32,
): void {
  inH = height;
  inW = width;
  inC = c;
  outH = outHeight;
  outW = outWidth;
  outC = f;
  padTop = top;
  padLeft = left;
  tilesH = (outHeight + 3) >> 2;
  tilesW = (outWidth + 3) >> 2;
  channels = (c + 3) & ~3;
  filters = (f + 7) & ~7;
  blockTiles = max(8, min(64, BLOCK_BYTES / (POINTS * 4 * (channels + filters)))) & ~3;
  vStep = (<usize>(blockTiles * channels) << 2) + SPACING;
  mStep = (<usize>(blockTiles * filters) << 2) + SPACING;
  uStep = (<usize>(channels * filters) << 2) + SPACING;
  table = (scratch + 63) & ~(<usize>63);
  cell = table + 192;
  // A cell of 6x6 vectors, and a line of four behind it.
  v = cell + 576 + 64;
  m = v + <usize>POINTS * vStep;
  u = m + <usize>POINTS * mStep;
}

/** Bytes of scratch for these channel counts (of input and output, or the reverse). */
export function winogradScratch(c: i32, f: i32): i32 {
  const inputs = (c + 7) & ~7;
  const outputs = (f + 7) & ~7;
  const tiles = max(8, min(64, BLOCK_BYTES / (POINTS * 4 * (((c + 3) & ~3) + outputs))));
  return 1024 + POINTS * (4 * (tiles * (inputs + outputs) + inputs * outputs) + 3 * <i32>SPACING);
}

/** Writes the addresses of a tile's size x size pixels of an image [height, width, count]; zeros where outside. */
function fillTable(image: usize, height: i32, width: i32, count: i32, h0: i32, w0: i32, size: i32): void {
  let at = table;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const h = h0 + i;
      const w = w0 + j;
      const inside = <u32>h < <u32>height && <u32>w < <u32>width;
      store<u32>(at, inside ? <u32>(image + (<usize>((h * width + w) * count) << 2)) : <u32>zeros);
      at += 4;
    }
  }
}

/** v of one tile: B^T d B for the 6x6 pixels whose addresses are in the table. */
function transformInput(tile: i32): void {
  for (let c = 0; c < inC; c += 4) {
    const mask = lanes(c, inC);
    const offset = <usize>c << 2;
    for (let column = 0; column < 6; column++) {
      const from = table + (<usize>column << 2);
      inputLine(
        v128.and(v128.load(<usize>load<u32>(from) + offset), mask),
        v128.and(v128.load(<usize>load<u32>(from, 24) + offset), mask),
        v128.and(v128.load(<usize>load<u32>(from, 48) + offset), mask),
        v128.and(v128.load(<usize>load<u32>(from, 72) + offset), mask),
        v128.and(v128.load(<usize>load<u32>(from, 96) + offset), mask),
        v128.and(v128.load(<usize>load<u32>(from, 120) + offset), mask),
        cell + (<usize>column << 4), 96,
      );
    }
    let to = v + (<usize>(tile * channels + c) << 2);
    for (let row = 0; row < 6; row++) {
      const from = cell + <usize>row * 96;
      inputLine(
        v128.load(from), v128.load(from, 16), v128.load(from, 32), v128.load(from, 48), v128.load(from, 64), v128.load(from, 80),
        to, vStep,
      );
      to += 6 * vStep;
    }
  }
}

/** u: the filter [3, 3, C, F] as G g G^T, in panels of 8 filters with the channels in order. */
function transformFilter(filter: usize): void {
  const tap = <usize>(inC * outC) << 2;
  for (let c = 0; c < inC; c++) {
    for (let f = 0; f < filters; f += 4) {
      const mask = lanes(f, outC);
      // A vector beyond the last filter is all zeros and must not be read.
      const from = f < outC ? filter + (<usize>(c * outC + f) << 2) : zeros;
      const step = f < outC ? tap : 0;
      for (let column: usize = 0; column < 3; column++) {
        const g = from + column * step;
        filterLine(
          v128.and(v128.load(g), mask), v128.and(v128.load(g + 3 * step), mask), v128.and(v128.load(g + 6 * step), mask),
          cell + (column << 4), 48,
        );
      }
      let to = u + (<usize>(((f & ~7) * inC) + c * 8 + (f & 4)) << 2);
      for (let row: usize = 0; row < 6; row++) {
        const g = cell + row * 48;
        filterLine(v128.load(g), v128.load(g, 16), v128.load(g, 32), to, uStep);
        to += 6 * uStep;
      }
    }
  }
}

/** Stores the lanes that exist of four outputs from f on. */
// @ts-ignore: decorator
@inline
function storeLanes(to: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, value);
    return;
  }
  store<f32>(to, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(value, 2), 8);
}

/** y of one tile: A^T m A, as far as it is inside the output. */
function transformOutput(y: usize, tile: i32, n: i32, h0: i32, w0: i32): void {
  const rows = min(4, outH - h0);
  const columns = min(4, outW - w0);
  const line = cell + 576;
  for (let f = 0; f < outC; f += 4) {
    let from = m + (<usize>(tile * filters + f) << 2);
    for (let column: usize = 0; column < 6; column++) {
      outputLine(
        v128.load(from), v128.load(from + 6 * mStep), v128.load(from + 12 * mStep), v128.load(from + 18 * mStep),
        v128.load(from + 24 * mStep), v128.load(from + 30 * mStep), cell + (column << 4), 96,
      );
      from += mStep;
    }
    const left = outC - f;
    for (let row = 0; row < rows; row++) {
      const at = cell + <usize>row * 96;
      outputLine(
        v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), v128.load(at, 64), v128.load(at, 80), line, 16,
      );
      let to = y + (<usize>(((n * outH + h0 + row) * outW + w0) * outC + f) << 2);
      for (let column = 0; column < columns; column++) {
        storeLanes(to, v128.load(line + (<usize>column << 4)), left);
        to += <usize>outC << 2;
      }
    }
  }
}

/** y [N, outH, outW, F] = x [N, H, W, C] convolved with a filter [3, 3, C, F], stride 1. */
export function winogradForward(
  x: usize, filter: usize, y: usize, scratch: usize, batch: i32, height: i32, width: i32, c: i32, outHeight: i32,
  outWidth: i32, f: i32, top: i32, left: i32,
): void {
  prepare(scratch, height, width, c, outHeight, outWidth, f, top, left);
  transformFilter(filter);
  const perImage = tilesH * tilesW;
  const tiles = batch * perImage;
  for (let first = 0; first < tiles; first += blockTiles) {
    const count = min(blockTiles, tiles - first);
    for (let t = 0; t < count; t++) {
      const n = (first + t) / perImage;
      const rest = first + t - n * perImage;
      const th = rest / tilesW;
      const image = x + (<usize>(n * inH * inW * inC) << 2);
      fillTable(image, inH, inW, inC, (th << 2) - padTop, ((rest - th * tilesW) << 2) - padLeft, 6);
      transformInput(t);
    }
    for (let p: usize = 0; p < <usize>POINTS; p++) {
      for (let j = 0; j < filters; j += 8) {
        const b = u + p * uStep + (<usize>(j * inC) << 2);
        for (let t = 0; t < count; t += 4) {
          rowsTile(
            v + p * vStep + (<usize>(t * channels) << 2), <usize>channels << 2, b,
            m + p * mStep + (<usize>(t * filters + j) << 2), <usize>filters << 2, inC, false,
          );
        }
      }
    }
    for (let t = 0; t < count; t++) {
      const n = (first + t) / perImage;
      const rest = first + t - n * perImage;
      const th = rest / tilesW;
      transformOutput(y, t, n, th << 2, (rest - th * tilesW) << 2);
    }
  }
}

/** m of one tile: the 4x4 output gradients whose addresses are in the table, at the 36 positions. */
function transformGradient(tile: i32): void {
  for (let f = 0; f < filters; f += 4) {
    const mask = lanes(f, outC);
    const offset = f < outC ? <usize>f << 2 : 0;
    for (let column: usize = 0; column < 4; column++) {
      const from = table + (column << 2);
      gradientLine(
        v128.and(v128.load(<usize>load<u32>(from) + offset), mask),
        v128.and(v128.load(<usize>load<u32>(from, 16) + offset), mask),
        v128.and(v128.load(<usize>load<u32>(from, 32) + offset), mask),
        v128.and(v128.load(<usize>load<u32>(from, 48) + offset), mask),
        cell + (column << 4), 64,
      );
    }
    let to = m + (<usize>(tile * filters + f) << 2);
    for (let row: usize = 0; row < 6; row++) {
      const from = cell + (row << 6);
      gradientLine(v128.load(from), v128.load(from, 16), v128.load(from, 32), v128.load(from, 48), to, mStep);
      to += 6 * mStep;
    }
  }
}

/** dw [3, 3, C, F] from the sums over all tiles at the 36 positions. */
function transformSums(dw: usize): void {
  const tap = <usize>(inC * outC) << 2;
  for (let c = 0; c < inC; c++) {
    for (let f = 0; f < outC; f += 4) {
      let from = u + (<usize>(c * filters + f) << 2);
      for (let column: usize = 0; column < 6; column++) {
        sumsLine(
          v128.load(from), v128.load(from + 6 * uStep), v128.load(from + 12 * uStep), v128.load(from + 18 * uStep),
          v128.load(from + 24 * uStep), v128.load(from + 30 * uStep), cell + (column << 4), 96,
        );
        from += uStep;
      }
      const left = outC - f;
      const end = cell + 288;
      for (let row: usize = 0; row < 3; row++) {
        const at = cell + row * 96;
        sumsLine(
          v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), v128.load(at, 64), v128.load(at, 80), end, 16,
        );
        const to = dw + 3 * row * tap + (<usize>(c * outC + f) << 2);
        storeLanes(to, v128.load(end), left);
        storeLanes(to + tap, v128.load(end, 16), left);
        storeLanes(to + 2 * tap, v128.load(end, 32), left);
      }
    }
  }
}

/** dw [3, 3, C, F]: gradient in the filter, summed block of tiles by block of tiles. */
export function winogradFilterGradient(
  x: usize, dy: usize, dw: usize, scratch: usize, batch: i32, height: i32, width: i32, c: i32, outHeight: i32,
  outWidth: i32, f: i32, top: i32, left: i32,
): void {
  prepare(scratch, height, width, c, outHeight, outWidth, f, top, left);
  const perImage = tilesH * tilesW;
  const tiles = batch * perImage;
  for (let first = 0; first < tiles; first += blockTiles) {
    const count = min(blockTiles, tiles - first);
    for (let t = 0; t < count; t++) {
      const n = (first + t) / perImage;
      const rest = first + t - n * perImage;
      const th = rest / tilesW;
      const h = th << 2;
      const w = (rest - th * tilesW) << 2;
      fillTable(x + (<usize>(n * inH * inW * inC) << 2), inH, inW, inC, h - padTop, w - padLeft, 6);
      transformInput(t);
      fillTable(dy + (<usize>(n * outH * outW * outC) << 2), outH, outW, outC, h, w, 4);
      transformGradient(t);
    }
    for (let p: usize = 0; p < <usize>POINTS; p++) {
      for (let j = 0; j < filters; j += 8) {
        const b = m + p * mStep + (<usize>j << 2);
        for (let i = 0; i < channels; i += 4) {
          columnsTile(
            v + p * vStep + (<usize>i << 2), <usize>channels << 2, b, <usize>filters << 2,
            u + p * uStep + (<usize>(i * filters + j) << 2), <usize>filters << 2, count, first > 0,
          );
        }
      }
    }
  }
  transformSums(dw);
}
