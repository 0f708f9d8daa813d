/**
 * Packing of image patches straight into panels, so that a convolution is a matrix product whose left operand (pixels
 * by kernel positions) is never in memory as a whole. Patch columns run over kernel row, kernel column, channel.
 */
import { interleave4 } from "./pack";
import { MR, zeros } from "./scratch";

/** The convolution at work: x [n, inH, inW, inC], output [n, outH, outW]. */
export let inH: i32 = 0;
export let inW: i32 = 0;
export let inC: i32 = 0;
export let outH: i32 = 0;
export let outW: i32 = 0;
export let kernelH: i32 = 0;
export let kernelW: i32 = 0;
export let strideH: i32 = 1;
export let strideW: i32 = 1;
export let padTop: i32 = 0;
export let padLeft: i32 = 0;

/** Sets the geometry that the packing below reads. */
export function setGeometry(
  height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, top: i32, left: i32,
): void {
  inH = height;
  inW = width;
  inC = channels;
  outH = outHeight;
  outW = outWidth;
  kernelH = kh;
  kernelW = kw;
  strideH = sh;
  strideW = sw;
  padTop = top;
  padLeft = left;
}

/** Address of x[image, h, w, c], or of zeros where (h, w) is outside. */
// @ts-ignore: decorator
@inline
function pixel(image: usize, h: i32, w: i32, c: i32): usize {
  if (<u32>h >= <u32>inH || <u32>w >= <u32>inW) return zeros;
  return image + (<usize>((h * inW + w) * inC + c) << 2);
}

/**
 * Patches of the output pixels i0 .. i0+mc-1 (of `pixels` in all), columns k0 .. k0+kc-1, into panels of MR pixels.
 */
export function packPatches(x: usize, pixels: i32, i0: i32, mc: i32, k0: i32, kc: i32, dst: usize): void {
  const perImage = outH * outW;
  const imageBytes = <usize>(inH * inW * inC) << 2;
  const rowRun = kernelW * inC;
  let n = i0 / perImage;
  let rest = i0 - n * perImage;
  let oh = rest / outW;
  let ow = rest - oh * outW;
  for (let i = i0; i < i0 + mc; i += MR) {
    // Where each of the four pixels' windows begins; a window far above the image stands for a pixel that is not there.
    let x0: usize = x, x1: usize = x, x2: usize = x, x3: usize = x;
    let h0: i32 = -0x10000000, h1: i32 = h0, h2: i32 = h0, h3: i32 = h0;
    let w0: i32 = 0, w1: i32 = 0, w2: i32 = 0, w3: i32 = 0;
    const count = min(MR, pixels - i);
    for (let r = 0; r < count; r++) {
      const image = x + <usize>n * imageBytes;
      const h = oh * strideH - padTop;
      const w = ow * strideW - padLeft;
      if (r == 0) { x0 = image; h0 = h; w0 = w; }
      else if (r == 1) { x1 = image; h1 = h; w1 = w; }
      else if (r == 2) { x2 = image; h2 = h; w2 = w; }
      else { x3 = image; h3 = h; w3 = w; }
      if (++ow == outW) {
        ow = 0;
        if (++oh == outH) { oh = 0; n++; }
      }
    }
    // With no window over the left or right border a whole kernel row is one run.
    const inside = min(min(w0, w1), min(w2, w3)) >= 0 && max(max(w0, w1), max(w2, w3)) + kernelW <= inW;
    const run = inside ? rowRun : inC;
    const end = k0 + kc;
    let k = k0;
    while (k < end) {
      const part = k / run;
      const within = k - part * run;
      const length = min(run - within, end - k);
      const kh = inside ? part : part / kernelW;
      const kw = inside ? 0 : part - kh * kernelW;
      if (inside && length > inC) {
        // Rows outside the image as a whole: the zeros are as long as a pixel, so this run is cut to pixels.
        const outside = <u32>(h0 + kh) >= <u32>inH || <u32>(h1 + kh) >= <u32>inH || <u32>(h2 + kh) >= <u32>inH || <u32>(h3 + kh) >= <u32>inH;
        if (outside) {
          const column = within / inC;
          const c = within - column * inC;
          const piece = min(inC - c, length);
          dst = interleave4(
            pixel(x0, h0 + kh, w0 + column, c), pixel(x1, h1 + kh, w1 + column, c),
            pixel(x2, h2 + kh, w2 + column, c), pixel(x3, h3 + kh, w3 + column, c), piece, dst, 16,
          );
          k += piece;
          continue;
        }
      }
      dst = interleave4(
        pixel(x0, h0 + kh, w0 + kw, within), pixel(x1, h1 + kh, w1 + kw, within),
        pixel(x2, h2 + kh, w2 + kw, within), pixel(x3, h3 + kh, w3 + kw, within), length, dst, 16,
      );
      k += length;
    }
  }
}

/** One kernel position's values over output pixels p0 .. p0+pc-1, four channels from c on, 16 bytes a pixel. */
function gatherFour(x: usize, kh: i32, kw: i32, c: i32, p0: i32, pc: i32, dst: usize): void {
  let n = p0 / (outH * outW);
  let rest = p0 - n * outH * outW;
  let oh = rest / outW;
  let ow = rest - oh * outW;
  const pixelStep = <usize>(strideW * inC) << 2;
  let left = pc;
  while (left > 0) {
    const count = min(outW - ow, left);
    const h = oh * strideH - padTop + kh;
    let w = ow * strideW - padLeft + kw;
    if (<u32>h >= <u32>inH) {
      memory.fill(dst, 0, <usize>count << 4);
      dst += <usize>count << 4;
    } else {
      const row = x + (<usize>((n * inH + h) * inW * inC + c) << 2);
      let i = 0;
      for (; i < count && w < 0; i++, w += strideW) {
        v128.store(dst, f32x4.splat(0));
        dst += 16;
      }
      let source = row + (<usize>(w * inC) << 2);
      for (; i < count && w < inW; i++, w += strideW) {
        v128.store(dst, v128.load(source));
        source += pixelStep;
        dst += 16;
      }
      for (; i < count; i++) {
        v128.store(dst, f32x4.splat(0));
        dst += 16;
      }
    }
    left -= count;
    ow = 0;
    if (++oh == outH) { oh = 0; n++; }
  }
}

/** As gatherFour for a single channel: one float every 16 bytes. */
function gatherOne(x: usize, kh: i32, kw: i32, c: i32, p0: i32, pc: i32, dst: usize): void {
  let n = p0 / (outH * outW);
  let rest = p0 - n * outH * outW;
  let oh = rest / outW;
  let ow = rest - oh * outW;
  const pixelStep = <usize>(strideW * inC) << 2;
  let left = pc;
  while (left > 0) {
    const count = min(outW - ow, left);
    const h = oh * strideH - padTop + kh;
    let w = ow * strideW - padLeft + kw;
    let i = 0;
    if (<u32>h < <u32>inH) {
      for (; i < count && w < 0; i++, w += strideW) {
        store<f32>(dst, 0);
        dst += 16;
      }
      let source = x + (<usize>(((n * inH + h) * inW + w) * inC + c) << 2);
      for (; i < count && w < inW; i++, w += strideW) {
        store<f32>(dst, load<f32>(source));
        source += pixelStep;
        dst += 16;
      }
    }
    for (; i < count; i++) {
      store<f32>(dst, 0);
      dst += 16;
    }
    left -= count;
    ow = 0;
    if (++oh == outH) { oh = 0; n++; }
  }
}

/**
 * The transposed patches: rows are patch columns i0 .. i0+mc-1, the inner dimension is output pixels p0 .. p0+pc-1.
 * i0 must be a multiple of MR.
 */
export function packPatchColumns(x: usize, i0: i32, mc: i32, p0: i32, pc: i32, dst: usize): void {
  const columns = kernelH * kernelW * inC;
  for (let i = i0; i < i0 + mc; i += MR) {
    if (inC % MR == 0) {
      const tap = i / inC;
      const kh = tap / kernelW;
      gatherFour(x, kh, tap - kh * kernelW, i - tap * inC, p0, pc, dst);
    } else {
      for (let r = 0; r < MR; r++) {
        const column = i + r;
        const at = dst + (<usize>r << 2);
        if (column < columns) {
          const tap = column / inC;
          const kh = tap / kernelW;
          gatherOne(x, kh, tap - kh * kernelW, column - tap * inC, p0, pc, at);
        } else {
          for (let p = 0; p < pc; p++) store<f32>(at + (<usize>p << 4), 0);
        }
      }
    }
    dst += <usize>pc << 4;
  }
}
