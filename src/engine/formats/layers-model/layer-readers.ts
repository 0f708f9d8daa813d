/**
 * Keras layer classes to operations, one entry for each class. An entry adds the layer's nodes and returns the one that
 * is its output; returning its input makes the layer disappear.
 */
import { EngineError } from "../../core/errors";
import type { OpAttrs, Shape } from "../../core/network";
import { sizeOfShape } from "../../core/network";
import { activationOf, knownActivations } from "./activation-names";
import type { Assembler } from "./assembler";
import { isCount, isPair, type LayerConfig } from "./layer-config";
import type { Layer } from "./topology";

export interface ReaderContext {
  readonly layer: Layer;
  readonly config: LayerConfig;
  readonly assembler: Assembler;
  /** Node ids. */
  readonly inputs: readonly string[];
  /** The first input's, without batch. */
  readonly inputShape: Shape;
  /** Major version of the Keras that wrote the file; 2 for tfjs. */
  readonly kerasMajor: number;
}

type LayerReader = (context: ReaderContext) => string;

/** Adds the activation that Conv2D, Dense and their like carry inside. */
function withActivation(context: ReaderContext, node: string, suffix = "_activation"): string {
  const { layer, config, assembler } = context;
  const name = config.value("activation");
  if (name === undefined) return node;
  const attrs = typeof name === "string" ? activationOf(name) : undefined;
  if (attrs === undefined) throw config.unsupported("activation", `one of ${knownActivations}`);
  if (attrs === null) return node;
  if (attrs.kind === "hard-sigmoid" && context.kerasMajor >= 3) {
    throw config.unsupported("activation", "Keras 2's hard_sigmoid (0.2 x + 0.5), not Keras 3's (x / 6 + 0.5)");
  }
  return assembler.add(layer, "activation", [node], attrs, {}, suffix);
}

/** A layer that is one activation, whatever its fields say. */
const addActivation = ({ layer, assembler, inputs }: ReaderContext, attrs: OpAttrs["activation"]): string =>
  assembler.add(layer, "activation", inputs, attrs);

const windowOf = (config: LayerConfig): Pick<OpAttrs["max-pool"], "poolSize" | "strides" | "padding"> => {
  config.requireChannelsLast();
  const poolSize = config.pair("pool_size", [2, 2]);
  return { poolSize, strides: config.pair("strides", poolSize), padding: config.padding() };
};

const undilated = "use Conv2D for dilated convolutions";

const conv2d: LayerReader = (context) => {
  const { layer, config, assembler, inputs } = context;
  config.requireChannelsLast();
  config.require("groups", 1, "use DepthwiseConv2D, or one Conv2D for each group");
  const dilation = config.pair("dilation_rate", [1, 1]);
  const strides = config.pair("strides", [1, 1]);
  if (Math.max(...dilation) > 1 && Math.max(...strides) > 1) {
    throw config.unsupported("dilation_rate", "1 where strides are above 1");
  }
  const useBias = config.boolean("use_bias", true);
  const node = assembler.add(
    layer,
    "conv2d",
    inputs,
    {
      filters: config.integer("filters", 1),
      kernelSize: config.pair("kernel_size"),
      strides,
      padding: config.padding(),
      dilation,
      useBias,
    },
    { kernel: "kernel", bias: "bias" },
  );
  return withActivation(context, node);
};

const depthwiseConv2d: LayerReader = (context) => {
  const { config } = context;
  const node = addDepthwise(context, config.boolean("use_bias", true));
  return withActivation(context, node);
};

function addDepthwise({ layer, config, assembler, inputs }: ReaderContext, useBias: boolean): string {
  config.requireChannelsLast();
  if (Math.max(...config.pair("dilation_rate", [1, 1])) > 1)
    throw config.unsupported("dilation_rate", `1; ${undilated}`);
  // tfjs-layers leaves the multiplier of a SeparableConv2D out of what it saves; the kernel [kh, kw, c, multiplier] has it.
  const saved = assembler.weights.shapeOf(layer.name, layer.path, "depthwise_kernel")?.[3];
  return assembler.add(
    layer,
    "depthwise-conv2d",
    inputs,
    {
      kernelSize: config.pair("kernel_size"),
      multiplier: config.integer("depth_multiplier", 1, saved ?? 1),
      strides: config.pair("strides", [1, 1]),
      padding: config.padding(),
      useBias,
    },
    { kernel: "depthwise_kernel", bias: "bias" },
  );
}

/** A depthwise convolution without bias, then a pointwise one with it. */
const separableConv2d: LayerReader = (context) => {
  const { layer, config, assembler } = context;
  const depthwise = addDepthwise(context, false);
  const pointwise = assembler.add(
    layer,
    "conv2d",
    [depthwise],
    {
      filters: config.integer("filters", 1),
      kernelSize: [1, 1],
      strides: [1, 1],
      padding: "valid",
      dilation: [1, 1],
      useBias: config.boolean("use_bias", true),
    },
    { kernel: "pointwise_kernel", bias: "bias" },
    "_pointwise",
  );
  return withActivation(context, pointwise);
};

const dense: LayerReader = (context) => {
  const { layer, config, assembler, inputs, inputShape } = context;
  if (inputShape.length !== 1) {
    throw new EngineError(
      "unsupported-layer",
      `${config.label}: expected a flat input, got [${inputShape.join(", ")}]; put Flatten or global pooling before it, or ` +
        "use a 1x1 Conv2D",
      { details: { layer: layer.name, className: config.className, field: "input", value: inputShape.join(",") } },
    );
  }
  const units = config.integer("units", 1);
  const useBias = config.boolean("use_bias", true);
  const node = assembler.add(layer, "dense", inputs, { units, useBias }, { kernel: "kernel", bias: "bias" });
  return withActivation(context, node);
};

const batchNormalization: LayerReader = ({ layer, config, assembler, inputs, inputShape }) => {
  const axis = config.value("axis") ?? -1;
  const only: unknown = Array.isArray(axis) && axis.length === 1 ? axis[0] : axis;
  if (only !== -1 && only !== inputShape.length) throw config.unsupported("axis", `-1 (channels last)`);
  config.require("renorm", false, "train without batch renormalization");
  return assembler.add(
    layer,
    "batch-norm",
    inputs,
    { epsilon: config.number("epsilon", 1e-3), momentum: config.number("momentum", 0.99) },
    {
      gamma: config.boolean("scale", true) ? "gamma" : 1,
      beta: config.boolean("center", true) ? "beta" : 0,
      movingMean: "moving_mean",
      movingVariance: "moving_variance",
    },
  );
};

const relu: LayerReader = (context) => {
  const { config } = context;
  const max = config.value("max_value");
  const slope = config.number("negative_slope", 0);
  config.require("threshold", 0, "use plain ReLU");
  if (max !== undefined && max !== 6) throw config.unsupported("max_value", "none or 6");
  if (max === 6 && slope !== 0) throw config.unsupported("negative_slope", "0 where max_value is 6");
  if (max === 6) return addActivation(context, { kind: "relu6" });
  return addActivation(context, slope === 0 ? { kind: "relu" } : { kind: "leaky-relu", alpha: slope });
};

const leakyRelu: LayerReader = (context) => {
  const { config } = context;
  // Keras 2 and tfjs say alpha, Keras 3 negative_slope; both mean 0.3 by default.
  const field = config.value("negative_slope") === undefined ? "alpha" : "negative_slope";
  return addActivation(context, { kind: "leaky-relu", alpha: config.number(field, 0.3) });
};

const softmax: LayerReader = (context) => {
  const axis = context.config.value("axis") ?? -1;
  if (axis !== -1 && axis !== context.inputShape.length) throw context.config.unsupported("axis", "-1 (the last)");
  return addActivation(context, { kind: "softmax" });
};

/** With kept dimensions it is plain pooling with a window as large as the image. */
const globalPool =
  (kind: "avg" | "max"): LayerReader =>
  ({ layer, config, assembler, inputs, inputShape }) => {
    config.requireChannelsLast();
    if (!config.boolean("keepdims", false)) return assembler.add(layer, `global-${kind}-pool`, inputs, {});
    const poolSize = [inputShape[0] ?? 1, inputShape[1] ?? 1] as const;
    return assembler.add(layer, `${kind}-pool`, inputs, { poolSize, strides: [1, 1], padding: "valid" });
  };

const flatten: LayerReader = ({ layer, config, assembler, inputs, inputShape }) => {
  config.requireChannelsLast();
  return inputShape.length === 1 ? inputs[0]! : assembler.add(layer, "flatten", inputs, {});
};

const reshape: LayerReader = ({ layer, config, assembler, inputs, inputShape }) => {
  const raw = config.value("target_shape");
  const target: unknown[] = Array.isArray(raw) ? [...(raw as unknown[])] : [];
  const open = target.findIndex((n) => n === -1 || n === null);
  if (open >= 0) {
    const known = target.reduce<number>((product, n, i) => (i === open || !isCount(n) ? product : product * n), 1);
    target[open] = sizeOfShape(inputShape) / known;
  }
  const shape = config.shape("target_shape", target);
  if (shape.join() === inputShape.join()) return inputs[0]!;
  // Channels can be followed through a flatten, not through any other reshape.
  if (shape.length === 1 && shape[0] === sizeOfShape(inputShape)) return assembler.add(layer, "flatten", inputs, {});
  return assembler.add(layer, "reshape", inputs, { shape });
};

const zeroPadding2d: LayerReader = ({ layer, config, assembler, inputs }) => {
  config.requireChannelsLast();
  const raw = config.value("padding") ?? 1;
  const sides = isCount(raw) ? [raw, raw] : raw;
  const [vertical, horizontal] = Array.isArray(sides) ? (sides as unknown[]).map((s) => (isCount(s) ? [s, s] : s)) : [];
  if (!isPair(vertical) || !isPair(horizontal)) throw config.invalid("padding", "[[top, bottom], [left, right]]");
  const [[top, bottom], [left, right]] = [vertical, horizontal];
  return assembler.add(layer, "zero-pad", inputs, { top, bottom, left, right });
};

const upSampling2d: LayerReader = ({ layer, config, assembler, inputs }) => {
  config.requireChannelsLast();
  const interpolation = config.value("interpolation") ?? "nearest";
  if (interpolation !== "nearest") throw config.unsupported("interpolation", "nearest, which repeats pixels");
  return assembler.add(layer, "upsample", inputs, { size: config.pair("size", [2, 2]) });
};

const concatenate: LayerReader = ({ layer, config, assembler, inputs, inputShape }) => {
  const axis = config.value("axis") ?? -1;
  if (axis !== -1 && axis !== inputShape.length) throw config.unsupported("axis", "-1 (channels)");
  return assembler.add(layer, "concat", inputs, {});
};

const dropout: LayerReader = ({ layer, config, assembler, inputs }) => {
  const rate = config.number("rate", 0);
  if (rate < 0 || rate >= 1) throw config.invalid("rate", "a number in [0, 1)");
  return assembler.add(layer, "dropout", inputs, { rate });
};

/** Does nothing outside of training. */
const identity: LayerReader = ({ inputs }) => inputs[0]!;

/** Classes with one input unless listed in `mergeClasses`. */
export const layerReaders: Readonly<Record<string, LayerReader>> = {
  Conv2D: conv2d,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  Dense: dense,
  BatchNormalization: batchNormalization,
  Activation: (context) => withActivation(context, context.inputs[0]!, ""),
  ReLU: relu,
  LeakyReLU: leakyRelu,
  ELU: (context) => addActivation(context, { kind: "elu", alpha: context.config.number("alpha", 1) }),
  Softmax: softmax,
  MaxPooling2D: ({ layer, config, assembler, inputs }) => assembler.add(layer, "max-pool", inputs, windowOf(config)),
  AveragePooling2D: ({ layer, config, assembler, inputs }) =>
    assembler.add(layer, "avg-pool", inputs, windowOf(config)),
  GlobalAveragePooling2D: globalPool("avg"),
  GlobalMaxPooling2D: globalPool("max"),
  Flatten: flatten,
  Reshape: reshape,
  ZeroPadding2D: zeroPadding2d,
  UpSampling2D: upSampling2d,
  Add: ({ layer, assembler, inputs }) => assembler.add(layer, "add", inputs, {}),
  Multiply: ({ layer, assembler, inputs }) => assembler.add(layer, "multiply", inputs, {}),
  Concatenate: concatenate,
  Dropout: dropout,
  // Drops whole maps where Dropout drops values; the same in inference.
  SpatialDropout2D: dropout,
  GaussianNoise: identity,
  GaussianDropout: identity,
  AlphaDropout: identity,
  ActivityRegularization: identity,
};

export const mergeClasses: readonly string[] = ["Add", "Multiply", "Concatenate"];
