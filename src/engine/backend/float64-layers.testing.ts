/**
 * For tests only: layers in float64, written from their definitions. Their central differences are right to some eight
 * digits, two more than a float32 kernel can be.
 */
import { convGeometry, poolGeometry, windowSpan, type ConvAttrs, type PoolAttrs } from "./conv-geometry";

/** A dense tensor, channels last. */
export interface Float64Tensor {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

function filled(shape: readonly number[], valueAt: (index: number) => number): Float64Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, values: Float64Array.from({ length: size }, (_, index) => valueAt(index)) };
}

/** Channels of x, its last axis. */
const channelsOf = ({ shape }: Float64Tensor): number => shape[shape.length - 1]!;

/** Calls `visit` for each output pixel with each pixel of its window that lies inside the image. */
function eachWindow(
  g: ReturnType<typeof convGeometry>,
  visit: (output: number, input: number, tap: number) => void,
): void {
  for (let n = 0; n < g.batch; n++) {
    for (let row = 0; row < g.outHeight; row++) {
      const rows = windowSpan(row, g.strideHeight, g.padTop, g.filterHeight, g.inHeight);
      for (let column = 0; column < g.outWidth; column++) {
        const columns = windowSpan(column, g.strideWidth, g.padLeft, g.filterWidth, g.inWidth);
        for (let i = rows.from; i < rows.to; i++) {
          for (let j = columns.from; j < columns.to; j++) {
            const tapRow = i - row * g.strideHeight + g.padTop;
            const tapColumn = j - column * g.strideWidth + g.padLeft;
            visit(
              (n * g.outHeight + row) * g.outWidth + column,
              (n * g.inHeight + i) * g.inWidth + j,
              tapRow * g.filterWidth + tapColumn,
            );
          }
        }
      }
    }
  }
}

/** x [N,H,W,C] with a filter [kh,kw,C,M] -> [N,oh,ow,M]. */
export function conv2d(x: Float64Tensor, filter: Float64Tensor, attrs: ConvAttrs): Float64Tensor {
  const g = convGeometry(x.shape, filter.shape, attrs, false);
  const y = filled([g.batch, g.outHeight, g.outWidth, g.outChannels], () => 0);
  eachWindow(g, (output, input, tap) => {
    for (let c = 0; c < g.inChannels; c++) {
      for (let m = 0; m < g.outChannels; m++) {
        const weight = filter.values[(tap * g.inChannels + c) * g.outChannels + m]!;
        y.values[output * g.outChannels + m]! += x.values[input * g.inChannels + c]! * weight;
      }
    }
  });
  return y;
}

/** x [N,H,W,C] with a filter [kh,kw,C,M] -> [N,oh,ow,C*M]. */
export function depthwiseConv2d(x: Float64Tensor, filter: Float64Tensor, attrs: ConvAttrs): Float64Tensor {
  const g = convGeometry(x.shape, filter.shape, attrs, true);
  const multiplier = g.outChannels / g.inChannels;
  const y = filled([g.batch, g.outHeight, g.outWidth, g.outChannels], () => 0);
  eachWindow(g, (output, input, tap) => {
    for (let o = 0; o < g.outChannels; o++) {
      const value = x.values[input * g.inChannels + Math.floor(o / multiplier)]!;
      y.values[output * g.outChannels + o]! += value * filter.values[tap * g.outChannels + o]!;
    }
  });
  return y;
}

export function maxPool(x: Float64Tensor, attrs: PoolAttrs): Float64Tensor {
  const g = poolGeometry(x.shape, attrs);
  const y = filled([g.batch, g.outHeight, g.outWidth, g.inChannels], () => Number.NEGATIVE_INFINITY);
  eachWindow(g, (output, input) => {
    for (let c = 0; c < g.inChannels; c++) {
      const at = output * g.inChannels + c;
      y.values[at] = Math.max(y.values[at]!, x.values[input * g.inChannels + c]!);
    }
  });
  return y;
}

/** The mean over the pixels of a window that lie inside the image. */
export function averagePool(x: Float64Tensor, attrs: PoolAttrs): Float64Tensor {
  const g = poolGeometry(x.shape, attrs);
  const y = filled([g.batch, g.outHeight, g.outWidth, g.inChannels], () => 0);
  const counts = new Float64Array(g.batch * g.outHeight * g.outWidth);
  eachWindow(g, (output, input) => {
    counts[output]!++;
    for (let c = 0; c < g.inChannels; c++) {
      y.values[output * g.inChannels + c]! += x.values[input * g.inChannels + c]!;
    }
  });
  return filled(y.shape, (i) => y.values[i]! / counts[Math.floor(i / g.inChannels)]!);
}

/** x [...,C] by the statistics of all its rows: gamma (x - mean) / sqrt(variance + epsilon) + beta. */
export function batchNorm(x: Float64Tensor, gamma: Float64Tensor, beta: Float64Tensor, epsilon: number): Float64Tensor {
  const channels = channelsOf(x);
  const rows = x.values.length / channels;
  const sums = (of: (value: number, channel: number) => number): Float64Array => {
    const totals = new Float64Array(channels);
    x.values.forEach((value, i) => (totals[i % channels]! += of(value, i % channels) / rows));
    return totals;
  };
  const mean = sums((value) => value);
  const variance = sums((value, c) => (value - mean[c]!) ** 2);
  return filled(x.shape, (i) => {
    const c = i % channels;
    return ((x.values[i]! - mean[c]!) / Math.sqrt(variance[c]! + epsilon)) * gamma.values[c]! + beta.values[c]!;
  });
}

export const relu = (x: Float64Tensor): Float64Tensor => filled(x.shape, (i) => Math.max(0, x.values[i]!));

/** a [M,K] times b [K,N]; of a only the first axis is looked at. */
export function matMul(a: Float64Tensor, b: Float64Tensor): Float64Tensor {
  const [inner, columns] = b.shape as [number, number];
  return filled([a.shape[0]!, columns], (i) => {
    const row = Math.floor(i / columns) * inner;
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a.values[row + k]! * b.values[k * columns + (i % columns)]!;
    return sum;
  });
}

/** Mean over the rows of -sum(target * log softmax(logits)), logits and target [B,C]; of shape []. */
export function softmaxCrossEntropy(logits: Float64Tensor, target: Float64Tensor): Float64Tensor {
  const [batch, classes] = logits.shape as [number, number];
  let total = 0;
  for (let row = 0; row < batch; row++) {
    const z = logits.values.subarray(row * classes, (row + 1) * classes);
    const top = Math.max(...z);
    const logSum = top + Math.log(z.reduce((sum, value) => sum + Math.exp(value - top), 0));
    z.forEach((value, c) => (total -= target.values[row * classes + c]! * (value - logSum)));
  }
  return filled([], () => total / batch);
}
