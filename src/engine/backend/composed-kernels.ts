/**
 * Gradients that tfjs' wasm backend lacks, written with operations that it has: a convolution's gradients are
 * convolutions themselves and so run on the backend's SIMD kernels. Plain functions on tensors, differentiating
 * nothing and registering nothing; they hold for every backend and are the yardstick for the faster kernels.
 */
import * as tf from "@tensorflow/tfjs-core";
import { convGeometry, type ConvAttrs, type ConvGeometry } from "./conv-geometry";

/** How many rows (or columns) to add, or with a negative count to cut, before and after. */
interface Fit {
  readonly before: number;
  readonly after: number;
}

/** Pads x [N,H,W,C] with zeros, or crops it, along height and width. */
function fitImage(x: tf.Tensor4D, rows: Fit, columns: Fit): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const cut = (count: number): number => Math.max(0, -count);
  const grow = (count: number): number => Math.max(0, count);
  let fitted = x;
  if (Math.min(rows.before, rows.after, columns.before, columns.after) < 0) {
    fitted = tf.slice(
      fitted,
      [0, cut(rows.before), cut(columns.before), 0],
      [batch, height - cut(rows.before) - cut(rows.after), width - cut(columns.before) - cut(columns.after), channels],
    );
  }
  if (Math.max(rows.before, rows.after, columns.before, columns.after) > 0) {
    fitted = tf.pad(fitted, [
      [0, 0],
      [grow(rows.before), grow(rows.after)],
      [grow(columns.before), grow(columns.after)],
      [0, 0],
    ]);
  }
  return fitted;
}

/** x with exactly the rows and columns that some output pixel reads: [N, (oh-1)*sh+kh, (ow-1)*sw+kw, C]. */
function receptiveField(x: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  const height = (g.outHeight - 1) * g.strideHeight + g.filterHeight;
  const width = (g.outWidth - 1) * g.strideWidth + g.filterWidth;
  return fitImage(
    x,
    { before: g.padTop, after: height - g.inHeight - g.padTop },
    { before: g.padLeft, after: width - g.inWidth - g.padLeft },
  );
}

/**
 * dy [N,oh,ow,C] spread to stride 1 (zeros between pixels) and framed so that a valid convolution with the flipped
 * kernel has the input's height and width: [N, H+kh-1, W+kw-1, C].
 */
function spreadGradient(dy: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  const channels = dy.shape[3];
  let spread = dy;
  if (g.strideWidth > 1) {
    const cells = tf.reshape(dy, [g.batch * g.outHeight, g.outWidth, 1, channels]);
    const spaced = tf.pad(cells, [
      [0, 0],
      [0, 0],
      [0, g.strideWidth - 1],
      [0, 0],
    ]);
    spread = tf.reshape(spaced, [g.batch, g.outHeight, g.outWidth * g.strideWidth, channels]);
  }
  if (g.strideHeight > 1) {
    const width = g.outWidth * g.strideWidth;
    const lines = tf.reshape(spread, [g.batch, g.outHeight, 1, width * channels]);
    const spaced = tf.pad(lines, [
      [0, 0],
      [0, 0],
      [0, g.strideHeight - 1],
      [0, 0],
    ]);
    spread = tf.reshape(spaced, [g.batch, g.outHeight * g.strideHeight, width, channels]);
  }
  const top = g.filterHeight - 1 - g.padTop;
  const left = g.filterWidth - 1 - g.padLeft;
  return fitImage(
    spread,
    { before: top, after: g.inHeight + g.filterHeight - 1 - top - g.outHeight * g.strideHeight },
    { before: left, after: g.inWidth + g.filterWidth - 1 - left - g.outWidth * g.strideWidth },
  );
}

/**
 * Gradient of conv2d in its filter [kh,kw,C,M]: sum over n, i, j of x[n, i*s+a-p, j*s+b-p, c] * dy[n,i,j,m].
 * It is a convolution of x with dy where batch and channels change places and the stride becomes the dilation.
 */
export function conv2dFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: readonly number[],
  attrs: ConvAttrs,
): tf.Tensor4D {
  const g = convGeometry(x.shape, filterShape, attrs, false);
  const images = tf.transpose(receptiveField(x, g), [3, 1, 2, 0]);
  const kernel = tf.transpose(dy, [1, 2, 0, 3]);
  const swapped = tf.conv2d(images, kernel, 1, "valid", "NHWC", [g.strideHeight, g.strideWidth]);
  return tf.transpose(swapped, [1, 2, 0, 3]);
}

/** Gradient of conv2d in its input [N,H,W,C]: dy, spread by the stride, convolved with the flipped filter. */
export function conv2dInputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  inputShape: readonly number[],
  attrs: ConvAttrs,
): tf.Tensor4D {
  const g = convGeometry(inputShape, filter.shape, attrs, false);
  const flipped = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(spreadGradient(dy, g), flipped, 1, "valid");
}

/** Gradient of depthwiseConv2d in its filter [kh,kw,C,M]: one product and one column sum for each filter position. */
export function depthwiseFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: readonly number[],
  attrs: ConvAttrs,
): tf.Tensor4D {
  const g = convGeometry(x.shape, filterShape, attrs, true);
  const channels = g.inChannels;
  const multiplier = g.outChannels / channels;
  const pixels = g.batch * g.outHeight * g.outWidth;
  const field = receptiveField(x, g);
  const gradient = tf.reshape(dy, [pixels, channels, multiplier]);
  const ones = tf.ones<tf.Rank.R2>([1, pixels]);
  const sums: tf.Tensor2D[] = [];
  for (let row = 0; row < g.filterHeight; row++) {
    for (let column = 0; column < g.filterWidth; column++) {
      const sum = tf.tidy(() => {
        const seen = tf.stridedSlice(
          field,
          [0, row, column, 0],
          [
            g.batch,
            row + (g.outHeight - 1) * g.strideHeight + 1,
            column + (g.outWidth - 1) * g.strideWidth + 1,
            channels,
          ],
          [1, g.strideHeight, g.strideWidth, 1],
        );
        const products = tf.mul(tf.reshape(seen, [pixels, channels, 1]), gradient);
        // A product with ones: summing over the first axis would transpose the whole tensor first on wasm.
        return tf.matMul(ones, tf.reshape<tf.Rank.R2>(products, [pixels, channels * multiplier])) as tf.Tensor2D;
      });
      sums.push(sum);
    }
  }
  return tf.reshape(tf.concat(sums, 0), [g.filterHeight, g.filterWidth, channels, multiplier]);
}

/** Gradient of depthwiseConv2d in its input [N,H,W,C]; the M gradients of one input channel are added up. */
export function depthwiseInputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  inputShape: readonly number[],
  attrs: ConvAttrs,
): tf.Tensor4D {
  const g = convGeometry(inputShape, filter.shape, attrs, true);
  const flipped = tf.reshape<tf.Rank.R4>(tf.reverse(filter, [0, 1]), [g.filterHeight, g.filterWidth, g.outChannels, 1]);
  const perOutput = tf.depthwiseConv2d(spreadGradient(dy, g), flipped, 1, "valid");
  const multiplier = g.outChannels / g.inChannels;
  if (multiplier === 1) return perOutput;
  const grouped = tf.reshape(perOutput, [g.batch * g.inHeight * g.inWidth * g.inChannels, multiplier]);
  return tf.reshape(tf.sum(grouped, 1), [g.batch, g.inHeight, g.inWidth, g.inChannels]);
}

/** a with its last two axes exchanged. */
export function swapLastAxes(a: tf.Tensor): tf.Tensor {
  const order = a.shape.map((_, axis) => axis);
  const rank = order.length;
  order.push(...order.splice(rank - 2, 2).reverse());
  return tf.transpose(a, order);
}
