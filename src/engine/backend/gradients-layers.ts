/**
 * Gradients of tfjs' layer kernels (convolutions, products, pooling, normalization, softmax, resizing), by kernel
 * name. It registers nothing; gradients.ts does.
 */
import * as tf from "@tensorflow/tfjs-core";
import { poolGeometry, windowSpan, type PoolAttrs } from "./conv-geometry";
import { onlyGradient, savedAt, unbroadcast, type Gradient } from "./gradients-elementwise";

function run(kernelName: string, inputs: Record<string, tf.Tensor>, attrs: object): tf.Tensor {
  return tf.engine().runKernel(kernelName, inputs, attrs as tf.NamedAttrMap) as tf.Tensor;
}

interface Convolution {
  readonly dilations?: [number, number] | number;
}

function refuseDilation(attrs: tf.NamedAttrMap): void {
  const { dilations } = attrs as unknown as Convolution;
  if (dilations !== undefined && dilations !== null && !tf.backend_util.tupleValuesAreOne(dilations)) {
    throw new Error(`gradient of a convolution expects dilations of 1, got ${String(dilations)}`);
  }
}

const convolution = (name: "Conv2D" | "DepthwiseConv2dNative"): Gradient => ({
  inputsToSave: ["x", "filter"],
  gradFunc: (dy, saved, attrs) => {
    refuseDilation(attrs);
    const [x, filter] = [savedAt(saved, 0), savedAt(saved, 1)];
    const gradient = onlyGradient(dy);
    return {
      x: () => run(`${name}BackpropInput`, { dy: gradient, filter }, { ...attrs, inputShape: x.shape }),
      filter: () => run(`${name}BackpropFilter`, { x, dy: gradient }, { ...attrs, filterShape: filter.shape }),
    };
  },
});

/** The transposed convolution: its gradients are the convolution itself and the filter gradient with roles changed. */
const transposedConvolution: Gradient = {
  inputsToSave: ["dy", "filter"],
  gradFunc: (ddx, saved, attrs) => {
    const [dy, filter] = [savedAt(saved, 0), savedAt(saved, 1)];
    const gradient = onlyGradient(ddx);
    return {
      dy: () => run("Conv2D", { x: gradient, filter }, { ...attrs, dilations: 1 }),
      filter: () => run("Conv2DBackpropFilter", { x: gradient, dy }, { ...attrs, filterShape: filter.shape }),
    };
  },
};

const product: Gradient = {
  inputsToSave: ["a", "b"],
  gradFunc: (dy, saved, attrs) => {
    const [a, b] = [savedAt(saved, 0), savedAt(saved, 1)];
    const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
    const gradient = onlyGradient(dy);
    // y = op(a) op(b): d op(a) = dy op(b)^T and d op(b) = op(a)^T dy, transposed where the operand was.
    return {
      a: () =>
        unbroadcast(
          transposeA ? tf.matMul(b, gradient, transposeB, true) : tf.matMul(gradient, b, false, !transposeB),
          a.shape,
        ),
      b: () =>
        unbroadcast(
          transposeB ? tf.matMul(gradient, a, true, transposeA) : tf.matMul(a, gradient, !transposeA, false),
          b.shape,
        ),
    };
  },
};

const maxPool: Gradient = {
  inputsToSave: ["x"],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => ({
    x: () => run("MaxPoolGrad", { dy: onlyGradient(dy), input: savedAt(saved, 0), output: savedAt(saved, 1) }, attrs),
  }),
};

/**
 * How much of the window each output pixel of a pooling averages over, as a factor [1,oh,ow,1] that undoes it: window
 * area / pixels inside the image. Null where no window leaves the image.
 */
function windowExcess(shape: readonly number[], attrs: PoolAttrs): tf.Tensor | null {
  const g = poolGeometry(shape, attrs);
  const area = g.filterHeight * g.filterWidth;
  const factors = new Float32Array(g.outHeight * g.outWidth);
  for (let row = 0; row < g.outHeight; row++) {
    const rows = windowSpan(row, g.strideHeight, g.padTop, g.filterHeight, g.inHeight);
    for (let column = 0; column < g.outWidth; column++) {
      const columns = windowSpan(column, g.strideWidth, g.padLeft, g.filterWidth, g.inWidth);
      factors[row * g.outWidth + column] = area / ((rows.to - rows.from) * (columns.to - columns.from));
    }
  }
  if (factors.every((factor) => factor === 1)) return null;
  return tf.tensor(factors, [1, g.outHeight, g.outWidth, 1]);
}

const avgPool: Gradient = {
  inputsToSave: ["x"],
  gradFunc: (dy, saved, attrs) => ({
    x: () => {
      const input = savedAt(saved, 0);
      // tfjs' AvgPoolGrad divides by the whole window even at the border, where AvgPool divides by what is inside.
      const excess = windowExcess(input.shape, attrs as unknown as PoolAttrs);
      const gradient = onlyGradient(dy);
      return run("AvgPoolGrad", { dy: excess === null ? gradient : tf.mul(gradient, excess), input }, attrs);
    },
  }),
};

const softmax: Gradient = {
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const { dim } = attrs as unknown as { dim: number };
    return {
      logits: () => {
        const y = savedAt(saved, 0);
        const weighted = tf.mul(onlyGradient(dy), y);
        return tf.sub(weighted, tf.mul(tf.sum(weighted, dim, true), y));
      },
    };
  },
};

const logSoftmax: Gradient = {
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const { axis } = attrs as unknown as { axis: number };
    const gradient = onlyGradient(dy);
    return { logits: () => tf.sub(gradient, tf.mul(tf.sum(gradient, axis, true), tf.exp(savedAt(saved, 0)))) };
  },
};

/** tf.batchNorm with given statistics, which count as inputs. */
const batchNorm: Gradient = {
  inputsToSave: ["x", "mean", "variance", "scale"],
  gradFunc: (dy, saved, attrs) => {
    const [x, mean, variance] = [savedAt(saved, 0), savedAt(saved, 1), savedAt(saved, 2)];
    const scale = saved[3] ?? tf.scalar(1);
    const { varianceEpsilon } = attrs as unknown as { varianceEpsilon: number };
    const gradient = onlyGradient(dy);
    const inverse = (): tf.Tensor => tf.rsqrt(tf.add(variance, varianceEpsilon));
    const centred = (): tf.Tensor => tf.sub(x, mean);
    return {
      x: () => tf.mul(gradient, tf.mul(inverse(), scale)),
      mean: () => unbroadcast(tf.neg(tf.mul(gradient, tf.mul(inverse(), scale))), mean.shape),
      variance: () => {
        const slope = tf.mul(-0.5, tf.mul(inverse(), tf.square(inverse())));
        return unbroadcast(tf.mul(tf.mul(gradient, centred()), tf.mul(slope, scale)), variance.shape);
      },
      scale: () => unbroadcast(tf.mul(gradient, tf.mul(centred(), inverse())), scale.shape),
      offset: () => unbroadcast(gradient, mean.shape),
    };
  },
};

const resize = (name: "ResizeBilinear" | "ResizeNearestNeighbor"): Gradient => ({
  inputsToSave: ["images"],
  gradFunc: (dy, saved, attrs) => ({
    images: () => run(`${name}Grad`, { dy: onlyGradient(dy), images: savedAt(saved, 0) }, attrs),
  }),
});

/** The gradients of layers, by kernel name. */
export const layerGradients: Readonly<Record<string, Gradient>> = {
  AvgPool: avgPool,
  BatchMatMul: product,
  Conv2D: convolution("Conv2D"),
  Conv2DBackpropInput: transposedConvolution,
  DepthwiseConv2dNative: convolution("DepthwiseConv2dNative"),
  FusedBatchNorm: batchNorm,
  LogSoftmax: logSoftmax,
  MaxPool: maxPool,
  ResizeBilinear: resize("ResizeBilinear"),
  ResizeNearestNeighbor: resize("ResizeNearestNeighbor"),
  Softmax: softmax,
};
