/**
 * The networks that the studio builds by name (`build:<id>` in a document): graphs without values, for any input shape
 * and class count. The defaults are 28 x 28 grey images in 10 classes; the parameter counts below are for them, with
 * batch normalization folded.
 */
import type { Network, Shape } from "../core/network";
import type { BuildId } from "./build-ids";
import { type NetworkBuilder, networkBuilder, type Square } from "./builder";

/** `inputShape` without the batch; the network's output are `classes` logits. */
export type BuildNetwork = (
  inputShape?: Shape,
  classes?: number,
  settings?: Readonly<Record<string, number>>,
) => Network;

/** Channels at a width, 1 by default: at least one, halves up. */
const widened = (channels: number, { width = 1 }: Readonly<Record<string, number>>): number =>
  Math.max(1, Math.floor(channels * width + 0.5));

const defaultInput: Shape = [28, 28, 1];
const defaultClasses = 10;

/** What a block makes of the ids of its layers: `conv1` -> `conv1-bn` -> `conv1-relu`. */
const normalizedRelu = (b: NetworkBuilder, from: string) => b.activation(b.batchNorm(from));

/** Convolution (3x3, same, no bias), batch normalization, relu. */
function convUnit(b: NetworkBuilder, from: string, filters: number, id: string, strides: Square = 1): string {
  return normalizedRelu(b, b.conv2d(from, { filters, kernelSize: 3, strides, useBias: false }, id));
}

/** LeCun et al. 1998's fully connected net: 784-300-100-10. 266,610 parameters. */
const mlp: BuildNetwork = (inputShape = defaultInput, classes = defaultClasses) => {
  const b = networkBuilder("mlp-300-100", inputShape);
  let x = inputShape.length > 1 ? b.flatten(b.input) : b.input;
  for (const units of [300, 100]) x = b.activation(b.dense(x, { units }));
  return b.build(b.dense(x, { units: classes }, "logits"));
};

/** The Caffe variant of LeNet-5 that the pruning papers use (Han et al. 2015): 20-50-500. 431,080 parameters. */
const lenet5c: BuildNetwork = (inputShape = defaultInput, classes = defaultClasses) => {
  const b = networkBuilder("lenet5c", inputShape);
  let x = b.input;
  for (const filters of [20, 50]) {
    x = b.maxPool(b.activation(b.conv2d(x, { filters, kernelSize: 5, padding: "valid" })));
  }
  x = b.activation(b.dense(b.flatten(x), { units: 500 }));
  return b.build(b.dense(x, { units: classes }, "logits"));
};

/** Widths, and after which convolutions (counted from 1) a 2x2 max pooling follows. */
function plainCnn(name: string, widths: readonly number[], pooledAfter: readonly number[]): BuildNetwork {
  return (inputShape = defaultInput, classes = defaultClasses, settings = {}) => {
    const b = networkBuilder(name, inputShape);
    let x = b.input;
    widths.forEach((filters, i) => {
      x = convUnit(b, x, widened(filters, settings), `conv${i + 1}`);
      if (pooledAfter.includes(i + 1)) x = b.maxPool(x);
    });
    return b.build(b.dense(b.globalAvgPool(x), { units: classes }, "logits"));
  };
}

/**
 * A ResNet (He et al. 2016) with one block of two 3x3 convolutions in each of three stages; where a stage strides, the
 * shortcut is a 1x1 convolution with batch normalization. 77,418 parameters.
 */
const resnet8: BuildNetwork = (inputShape = defaultInput, classes = defaultClasses) => {
  const b = networkBuilder("resnet8", inputShape);
  let x = convUnit(b, b.input, 16, "conv1");
  [16, 32, 64].forEach((filters, stage) => {
    const block = `block${stage + 1}`;
    const strides = stage === 0 ? 1 : 2;
    const inner = convUnit(b, x, filters, `${block}-conv1`, strides);
    const residual = b.batchNorm(b.conv2d(inner, { filters, kernelSize: 3, useBias: false }, `${block}-conv2`));
    const projected = strides !== 1 || b.shapeOf(x).at(-1) !== filters;
    const shortcut = projected
      ? b.batchNorm(b.conv2d(x, { filters, kernelSize: 1, strides, useBias: false }, `${block}-proj`))
      : x;
    x = b.activation(b.add([residual, shortcut], `${block}-add`), "relu", `${block}-relu`);
  });
  return b.build(b.dense(b.globalAvgPool(x), { units: classes }, "logits"));
};

/** Depthwise-separable convolutions (MobileNet, Howard et al. 2017) of 32, 64, 64 and 128 channels. 18,346 parameters. */
const mobileT: BuildNetwork = (inputShape = defaultInput, classes = defaultClasses, settings = {}) => {
  const b = networkBuilder("mobile-t", inputShape);
  let x = convUnit(b, b.input, widened(16, settings), "conv1");
  const blocks = [
    { filters: 32, strides: 2 },
    { filters: 64, strides: 1 },
    { filters: 64, strides: 2 },
    { filters: 128, strides: 1 },
  ];
  blocks.forEach(({ filters, strides }, i) => {
    const block = `block${i + 1}`;
    const depthwise = { kernelSize: 3, strides, useBias: false };
    x = normalizedRelu(b, b.depthwiseConv2d(x, depthwise, `${block}-depthwise`));
    const pointwise = { filters: widened(filters, settings), kernelSize: 1, useBias: false };
    x = normalizedRelu(b, b.conv2d(x, pointwise, `${block}-pointwise`));
  });
  return b.build(b.dense(b.globalAvgPool(x), { units: classes }, "logits"));
};

/**
 * Squeeze-and-excitation (Hu et al. 2018): each channel times a gate in (0, 1), which two dense layers make from the
 * means of all channels, with a quarter of them between.
 */
function gated(b: NetworkBuilder, x: string, id: string): string {
  const channels = b.shapeOf(x).at(-1)!;
  const means = b.globalAvgPool(x, `${id}-gap`);
  const squeezed = b.activation(b.dense(means, { units: Math.max(1, Math.floor(channels / 4)) }, `${id}-squeeze`));
  const gates = b.activation(b.dense(squeezed, { units: channels }, `${id}-excite`), "sigmoid", `${id}-gate`);
  return b.multiply([x, gates], `${id}-gated`);
}

/** `cnn-s` with squeeze-and-excitation behind each convolution. 15,630 parameters. */
const cnnSe: BuildNetwork = (inputShape = defaultInput, classes = defaultClasses) => {
  const b = networkBuilder("cnn-se", inputShape);
  let x = b.input;
  [16, 32, 32].forEach((filters, i) => {
    const id = `conv${i + 1}`;
    x = gated(b, convUnit(b, x, filters, id), id);
    if (i < 2) x = b.maxPool(x);
  });
  return b.build(b.dense(b.globalAvgPool(x), { units: classes }, "logits"));
};

/**
 * A U-Net (Ronneberger et al. 2015) of three levels with one convolution in each: on the way up the image is repeated and
 * the level's own image of the way down put beside it. Logits of a class for each pixel; height and width are multiples
 * of 4.
 */
const unet =
  (name: string, [wide, wider, widest]: readonly [number, number, number]): BuildNetwork =>
  (inputShape = defaultInput, classes = defaultClasses) => {
    const b = networkBuilder(name, inputShape);
    const first = convUnit(b, b.input, wide, "down1");
    const second = convUnit(b, b.maxPool(first), wider, "down2");
    const third = convUnit(b, b.maxPool(second), widest, "middle");
    const up2 = convUnit(b, b.concat([b.upsample(third), second]), wider, "up2");
    const up1 = convUnit(b, b.concat([b.upsample(up2), first]), wide, "up1");
    return b.build(b.conv2d(up1, { filters: classes, kernelSize: 1 }, "logits"));
  };

export const builders: { readonly [Id in BuildId]: BuildNetwork } = {
  "mlp-300-100": mlp,
  lenet5c,
  // 14,378 parameters, 1,467,968 MACs
  "cnn-s": plainCnn("cnn-s", [16, 32, 32], [1, 2]),
  // 140,138 parameters, 21,903,104 MACs
  "cnn-m": plainCnn("cnn-m", [32, 32, 64, 64, 128], [2, 4]),
  // 35,514 parameters
  "cnn-m/2": plainCnn("cnn-m/2", [16, 16, 32, 32, 64], [2, 4]),
  // 9,122 parameters
  "cnn-m/4": plainCnn("cnn-m/4", [8, 8, 16, 16, 32], [2, 4]),
  resnet8,
  "mobile-t": mobileT,
  "cnn-se": cnnSe,
  // 58,091 parameters for 11 classes
  "unet-digit": unet("unet-digit", [16, 32, 64]),
  // 14,651 parameters for 11 classes
  "unet-digit/2": unet("unet-digit/2", [8, 16, 32]),
};
