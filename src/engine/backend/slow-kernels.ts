/**
 * The kernels for tfjs' wasm backend that need no module of ours: made of the backend's own operations, or loops over
 * its heap. They run where the compiled kernels cannot, and these are tested against them. Registration is elsewhere.
 */
import * as tf from "@tensorflow/tfjs-core";
import {
  conv2dFilterGradient,
  conv2dInputGradient,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  swapLastAxes,
} from "./composed-kernels";
import type { ConvAttrs } from "./conv-geometry";
import { maxPoolGradient, softmaxCrossEntropy, unsortedSegmentSum } from "./heap-kernels";
import { SOFTMAX_CROSS_ENTROPY, composedOps } from "./fused-composed";
import { asWasmBackend, composedKernel, inputOf, type KernelInputs } from "./wasm-types";

interface FilterGradientAttrs extends ConvAttrs {
  readonly filterShape: readonly number[];
}
interface InputGradientAttrs extends ConvAttrs {
  readonly inputShape: readonly number[];
}

const image = (inputs: KernelInputs, name: string): tf.Tensor4D => inputOf(inputs, name) as tf.Tensor4D;

/** The backend's own product of plain operands, behind a transposition of those that are not. */
function matMulOfTransposed(plain: tf.KernelFunc): tf.KernelFunc {
  const swapped = composedKernel((inputs, attrs) => {
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const a = inputOf(inputs, "a");
    const b = inputOf(inputs, "b");
    const inner = { a: transposeA ? swapLastAxes(a) : a, b: transposeB ? swapLastAxes(b) : b };
    return tf.engine().runKernel("BatchMatMul", inner, { transposeA: false, transposeB: false }) as tf.Tensor;
  });
  return (args) => {
    const { transposeA, transposeB } = args.attrs as unknown as { transposeA: boolean; transposeB: boolean };
    return transposeA || transposeB ? swapped(args) : plain(args);
  };
}

/** The backend's own kernel, which must be there. */
const existing =
  (kernelName: string) =>
  (own: tf.KernelFunc | undefined): tf.KernelFunc => {
    if (own !== undefined) return own;
    throw new Error(`kernel '${kernelName}' was expected on backend wasm; import tfjs-backend-wasm first`);
  };

/** A second handle on the same data, as other backends have it; the backend's own kernel copies. */
const identity: tf.KernelFunc = ({ inputs, backend }) => {
  const { dataId, shape, dtype } = inputOf(inputs, "x");
  asWasmBackend(backend).incRef(dataId);
  return { dataId, shape, dtype };
};

const fusedKernels = Object.fromEntries(
  Object.entries(composedOps).map(([name, compute]) => [name, () => composedKernel(compute)]),
);

/** Kernels that hold everywhere, by name, given the backend's own kernel where it has one. */
export const slowKernels: Readonly<Record<string, (own: tf.KernelFunc | undefined) => tf.KernelFunc>> = {
  Conv2DBackpropFilter: () =>
    composedKernel((inputs, attrs) => {
      const { filterShape, ...geometry } = attrs as FilterGradientAttrs;
      return conv2dFilterGradient(image(inputs, "x"), image(inputs, "dy"), filterShape, geometry);
    }),
  Conv2DBackpropInput: () =>
    composedKernel((inputs, attrs) => {
      const { inputShape, ...geometry } = attrs as InputGradientAttrs;
      return conv2dInputGradient(image(inputs, "dy"), image(inputs, "filter"), inputShape, geometry);
    }),
  DepthwiseConv2dNativeBackpropFilter: () =>
    composedKernel((inputs, attrs) => {
      const { filterShape, ...geometry } = attrs as FilterGradientAttrs;
      return depthwiseFilterGradient(image(inputs, "x"), image(inputs, "dy"), filterShape, geometry);
    }),
  DepthwiseConv2dNativeBackpropInput: () =>
    composedKernel((inputs, attrs) => {
      const { inputShape, ...geometry } = attrs as InputGradientAttrs;
      return depthwiseInputGradient(image(inputs, "dy"), image(inputs, "filter"), inputShape, geometry);
    }),
  MaxPoolGrad: () => maxPoolGradient,
  UnsortedSegmentSum: () => unsortedSegmentSum,
  BatchMatMul: (own) => matMulOfTransposed(existing("BatchMatMul")(own)),
  AvgPoolGrad: existing("AvgPoolGrad"),
  Conv2D: existing("Conv2D"),
  FusedConv2D: existing("FusedConv2D"),
  Identity: () => identity,
  Mean: existing("Mean"),
  Sum: existing("Sum"),
  ...fusedKernels,
  [SOFTMAX_CROSS_ENTROPY]: () => softmaxCrossEntropy,
};
