/**
 * Gradients of max and average pooling, channels last. Windows are cut to the image; padding never wins a maximum and
 * never counts in an average.
 */

/**
 * dx [N, H, W, C] gets each dy at the first largest element of its window, going row by row; NaN never wins, and a window
 * of nothing else passes nothing on.
 */
export function maxPoolGradient(
  x: usize, dy: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  windowH: i32, windowW: i32, strideH: i32, strideW: i32, top: i32, left: i32,
): void {
  memory.fill(dx, 0, <usize>(batch * height * width * channels) << 2);
  const step = <usize>channels << 2;
  const lowest = f32x4.splat(-Infinity);
  for (let n = 0; n < batch; n++) {
    const image = <usize>(n * height * width) * step;
    for (let oh = 0; oh < outHeight; oh++) {
      const h0 = max(0, oh * strideH - top);
      const h1 = min(height, oh * strideH - top + windowH);
      for (let ow = 0; ow < outWidth; ow++) {
        const w0 = max(0, ow * strideW - left);
        const w1 = min(width, ow * strideW - left + windowW);
        let c = 0;
        for (; c + 4 <= channels; c += 4) {
          let best = lowest;
          let bestAt = i32x4.splat(-1);
          for (let h = h0; h < h1; h++) {
            let at = image + <usize>(h * width + w0) * step + (<usize>c << 2);
            for (let w = w0; w < w1; w++) {
              const value = v128.load(x + at);
              const better = f32x4.gt(value, best);
              best = v128.bitselect(value, best, better);
              bestAt = v128.bitselect(i32x4.splat(h * width + w), bestAt, better);
              at += step;
            }
          }
          const gradient = v128.load(dy);
          for (let h = h0; h < h1; h++) {
            let at = dx + image + <usize>(h * width + w0) * step + (<usize>c << 2);
            for (let w = w0; w < w1; w++) {
              const mine = i32x4.eq(bestAt, i32x4.splat(h * width + w));
              v128.store(at, f32x4.add(v128.load(at), v128.and(gradient, mine)));
              at += step;
            }
          }
          dy += 16;
        }
        for (; c < channels; c++) {
          let best: f32 = -Infinity;
          let bestAt: usize = 0;
          let found = false;
          for (let h = h0; h < h1; h++) {
            let at = image + <usize>(h * width + w0) * step + (<usize>c << 2);
            for (let w = w0; w < w1; w++) {
              const value = load<f32>(x + at);
              if (value > best) {
                best = value;
                bestAt = at;
                found = true;
              }
              at += step;
            }
          }
          if (found) store<f32>(dx + bestAt, load<f32>(dx + bestAt) + load<f32>(dy));
          dy += 4;
        }
      }
    }
  }
}

/**
 * dx [N, H, W, C] gets each dy times `share` at all elements of its window: 1 / window area, as tfjs has it (who wants
 * the border right scales dy first).
 */
export function avgPoolGradient(
  dy: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  windowH: i32, windowW: i32, strideH: i32, strideW: i32, top: i32, left: i32,
): void {
  memory.fill(dx, 0, <usize>(batch * height * width * channels) << 2);
  const step = <usize>channels << 2;
  const share: f32 = <f32>1 / <f32>(windowH * windowW);
  const shares = f32x4.splat(share);
  for (let n = 0; n < batch; n++) {
    const image = dx + <usize>(n * height * width) * step;
    for (let oh = 0; oh < outHeight; oh++) {
      const h0 = max(0, oh * strideH - top);
      const h1 = min(height, oh * strideH - top + windowH);
      for (let ow = 0; ow < outWidth; ow++) {
        const w0 = max(0, ow * strideW - left);
        const w1 = min(width, ow * strideW - left + windowW);
        for (let h = h0; h < h1; h++) {
          for (let w = w0; w < w1; w++) {
            let at = image + <usize>(h * width + w) * step;
            let from = dy;
            let c = 0;
            for (; c + 4 <= channels; c += 4) {
              v128.store(at, f32x4.add(v128.load(at), f32x4.mul(v128.load(from), shares)));
              at += 16;
              from += 16;
            }
            for (; c < channels; c++) {
              store<f32>(at, load<f32>(at) + load<f32>(from) * share);
              at += 4;
              from += 4;
            }
          }
        }
        dy += step;
      }
    }
  }
}
