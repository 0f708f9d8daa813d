/**
 * Gradients of the depthwise convolution, channels last, filter [kh, kw, C, M], output channel c * M + m. With one
 * output channel for each input channel (M = 1) four channels go side by side; otherwise one at a time.
 */
import { madd } from "./madd";

/** First output index whose window position `tap` is inside the image. */
// @ts-ignore: decorator
@inline
function firstInside(tap: i32, stride: i32, before: i32): i32 {
  const offset = before - tap;
  return offset <= 0 ? 0 : (offset + stride - 1) / stride;
}

/** One past the last output index whose window position `tap` is inside an image of that length. */
// @ts-ignore: decorator
@inline
function endInside(tap: i32, stride: i32, before: i32, length: i32, outputs: i32): i32 {
  const room = length - 1 + before - tap;
  return room < 0 ? 0 : min(outputs, room / stride + 1);
}

/** dx [N, H, W, C]: each output pixel adds to the input pixels of its window, one window position after another. */
export function depthwiseInputGradient(
  dy: usize, filter: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  multiplier: i32, kh: i32, kw: i32, sh: i32, sw: i32, top: i32, left: i32,
): void {
  const outputs = channels * multiplier;
  const dxStep = <usize>(sw * channels) << 2;
  const dyStep = <usize>outputs << 2;
  memory.fill(dx, 0, <usize>(batch * height * width * channels) << 2);
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < outHeight; oh++) {
      for (let i = 0; i < kh; i++) {
        const h = oh * sh - top + i;
        if (<u32>h >= <u32>height) continue;
        for (let j = 0; j < kw; j++) {
          const from = firstInside(j, sw, left);
          const to = endInside(j, sw, left, width, outWidth);
          const dxRow = dx + (<usize>(((n * height + h) * width + from * sw - left + j) * channels) << 2);
          const dyRow = dy + (<usize>(((n * outHeight + oh) * outWidth + from) * outputs) << 2);
          const weights = filter + (<usize>((i * kw + j) * outputs) << 2);
          let c = 0;
          if (multiplier == 1) {
            for (; c + 4 <= channels; c += 4) {
              const weight = v128.load(weights + (<usize>c << 2));
              let a = dxRow + (<usize>c << 2);
              let b = dyRow + (<usize>c << 2);
              for (let ow = from; ow < to; ow++) {
                v128.store(a, madd(v128.load(b), weight, v128.load(a)));
                a += dxStep;
                b += dyStep;
              }
            }
          }
          for (let o = c * multiplier; o < outputs; o++) {
            const weight = load<f32>(weights + (<usize>o << 2));
            let a = dxRow + (<usize>(o / multiplier) << 2);
            let b = dyRow + (<usize>o << 2);
            for (let ow = from; ow < to; ow++) {
              store<f32>(a, load<f32>(a) + load<f32>(b) * weight);
              a += dxStep;
              b += dyStep;
            }
          }
        }
      }
    }
  }
}

/** dw [kh, kw, C, M], summed row of pixels by row of pixels. */
export function depthwiseFilterGradient(
  x: usize, dy: usize, dw: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  multiplier: i32, kh: i32, kw: i32, sh: i32, sw: i32, top: i32, left: i32,
): void {
  const outputs = channels * multiplier;
  const xStep = <usize>(sw * channels) << 2;
  const dyStep = <usize>outputs << 2;
  memory.fill(dw, 0, <usize>(kh * kw * outputs) << 2);
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < outHeight; oh++) {
      for (let i = 0; i < kh; i++) {
        const h = oh * sh - top + i;
        if (<u32>h >= <u32>height) continue;
        for (let j = 0; j < kw; j++) {
          const from = firstInside(j, sw, left);
          const to = endInside(j, sw, left, width, outWidth);
          const xRow = x + (<usize>(((n * height + h) * width + from * sw - left + j) * channels) << 2);
          const dyRow = dy + (<usize>(((n * outHeight + oh) * outWidth + from) * outputs) << 2);
          const target = dw + (<usize>((i * kw + j) * outputs) << 2);
          let c = 0;
          if (multiplier == 1) {
            for (; c + 4 <= channels; c += 4) {
              let a = xRow + (<usize>c << 2);
              let b = dyRow + (<usize>c << 2);
              let sum = f32x4.splat(0);
              for (let ow = from; ow < to; ow++) {
                sum = madd(v128.load(a), v128.load(b), sum);
                a += xStep;
                b += dyStep;
              }
              const at = target + (<usize>c << 2);
              v128.store(at, f32x4.add(v128.load(at), sum));
            }
          }
          for (let o = c * multiplier; o < outputs; o++) {
            let a = xRow + (<usize>(o / multiplier) << 2);
            let b = dyRow + (<usize>o << 2);
            let sum: f32 = 0;
            for (let ow = from; ow < to; ow++) {
              sum += load<f32>(a) * load<f32>(b);
              a += xStep;
              b += dyStep;
            }
            const at = target + (<usize>o << 2);
            store<f32>(at, load<f32>(at) + sum);
          }
        }
      }
    }
  }
}
