/**
 * Convolutions and their gradients as products of packed patches. Channels last; filters [kh, kw, C, M].
 */
import { gemm, innerBlock } from "./gemm";
import {
  inC, inH, inW, kernelH, kernelW, outH, outW, padLeft, padTop, packPatchColumns, packPatches, setGeometry, strideH, strideW,
} from "./im2col";
import { multiplyPanels } from "./micro";
import { packRowsB } from "./pack";
import { MC, NC, aBuffer, bBuffer } from "./scratch";

/** The geometry's convolution of x with a filter [kh*kw*C, M]: y [pixels, M]. */
function convolve(x: usize, filter: usize, y: usize, pixels: i32, filters: i32): void {
  const depth = kernelH * kernelW * inC;
  const block = innerBlock(depth);
  for (let j = 0; j < filters; j += NC) {
    const nc = min(NC, filters - j);
    for (let p = 0; p < depth; p += block) {
      const kc = min(block, depth - p);
      packRowsB(filter, filters, filters, p, kc, j, nc, bBuffer);
      for (let i = 0; i < pixels; i += MC) {
        const mc = min(MC, pixels - i);
        packPatches(x, pixels, i, mc, p, kc, aBuffer);
        multiplyPanels(aBuffer, bBuffer, y + ((<usize>i * filters + j) << 2), <usize>filters << 2, mc, nc, kc, p > 0);
      }
    }
  }
}

/** y [N, outH, outW, M] = x [N, H, W, C] convolved with the filter. */
export function convForward(
  x: usize, filter: usize, y: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filters: i32, kh: i32, kw: i32, sh: i32, sw: i32, top: i32, left: i32,
): void {
  setGeometry(height, width, channels, outHeight, outWidth, kh, kw, sh, sw, top, left);
  convolve(x, filter, y, batch * outHeight * outWidth, filters);
}

/** Gradient in the filter: dw [kh*kw*C, M] = patches(x)^T dy, summed over blocks of pixels in their order. */
export function convFilterGradient(
  x: usize, dy: usize, dw: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filters: i32, kh: i32, kw: i32, sh: i32, sw: i32, top: i32, left: i32,
): void {
  setGeometry(height, width, channels, outHeight, outWidth, kh, kw, sh, sw, top, left);
  const depth = kh * kw * channels;
  const pixels = batch * outHeight * outWidth;
  const block = innerBlock(pixels);
  for (let j = 0; j < filters; j += NC) {
    const nc = min(NC, filters - j);
    for (let p = 0; p < pixels; p += block) {
      const pc = min(block, pixels - p);
      packRowsB(dy, filters, filters, p, pc, j, nc, bBuffer);
      for (let i = 0; i < depth; i += MC) {
        const mc = min(MC, depth - i);
        packPatchColumns(x, i, mc, p, pc, aBuffer);
        multiplyPanels(aBuffer, bBuffer, dw + ((<usize>i * filters + j) << 2), <usize>filters << 2, mc, nc, pc, p > 0);
      }
    }
  }
}

/** The filter turned by 180 degrees with its channels exchanged: [kh, kw, M, C] from [kh, kw, C, M]. */
export function flipFilter(filter: usize, flipped: usize, taps: i32, channels: i32, filters: i32): void {
  for (let tap = 0; tap < taps; tap++) {
    const from = filter + (<usize>(tap * channels * filters) << 2);
    const to = flipped + (<usize>((taps - 1 - tap) * channels * filters) << 2);
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < filters; f++) {
        store<f32>(to + (<usize>(f * channels + c) << 2), load<f32>(from + (<usize>(c * filters + f) << 2)));
      }
    }
  }
}

/** Floats of scratch that convInputGradient needs beside the fixed ones. */
export function convInputScratch(channels: i32, kh: i32, kw: i32): i32 {
  const depth = kh * kw * channels;
  return depth * patchRows(depth);
}

/** How many output pixels' patch gradients are computed at a time: about a quarter of a megabyte. */
function patchRows(depth: i32): i32 {
  return max(4, min(256, 65536 / depth));
}

/** Adds patch gradients [rows, kh*kw*C] of the output pixels p0.. to the image dx that they were read from. */
function addPatches(patches: usize, dx: usize, p0: i32, rows: i32): void {
  const perImage = outH * outW;
  for (let r = 0; r < rows; r++) {
    const p = p0 + r;
    const n = p / perImage;
    const rest = p - n * perImage;
    const oh = rest / outW;
    const top = oh * strideH - padTop;
    const left = (rest - oh * outW) * strideW - padLeft;
    const columnFrom = max(0, -left);
    const columnTo = min(kernelW, inW - left);
    const run = (columnTo - columnFrom) * inC;
    if (run <= 0) continue;
    for (let kh = 0; kh < kernelH; kh++) {
      const h = top + kh;
      if (<u32>h >= <u32>inH) continue;
      let from = patches + (<usize>(((r * kernelH + kh) * kernelW + columnFrom) * inC) << 2);
      let to = dx + (<usize>(((n * inH + h) * inW + left + columnFrom) * inC) << 2);
      let i = 0;
      for (; i + 4 <= run; i += 4) {
        v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
        from += 16;
        to += 16;
      }
      for (; i < run; i++) {
        store<f32>(to, load<f32>(to) + load<f32>(from));
        from += 4;
        to += 4;
      }
    }
  }
}

/**
 * Gradient in the input, dx [N, H, W, C], for any stride: the patches' gradients dy W^T are computed some pixels at a time
 * and added where they were read. (With stride 1 it is better computed as the convolution of dy with the flipped filter.)
 */
export function convInputGradient(
  dy: usize, filter: usize, dx: usize, scratch: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32,
  outWidth: i32, filters: i32, kh: i32, kw: i32, sh: i32, sw: i32, top: i32, left: i32,
): void {
  setGeometry(height, width, channels, outHeight, outWidth, kh, kw, sh, sw, top, left);
  memory.fill(dx, 0, <usize>(batch * height * width * channels) << 2);
  const depth = kh * kw * channels;
  const pixels = batch * outHeight * outWidth;
  const step = patchRows(depth);
  for (let p = 0; p < pixels; p += step) {
    const rows = min(step, pixels - p);
    gemm(dy + (<usize>(p * filters) << 2), filter, scratch, rows, depth, filters, false, true, false);
    addPatches(scratch, dx, p, rows);
  }
}
