/**
 * Operations to Keras layers, one entry for each operation: a missing one does not compile. Fields have the names and
 * values that tfjs-layers 4.22 and Keras 2 read.
 */
import { EngineError } from "../../core/errors";
import type { NodeOf, OpName, ParameterRole, Shape } from "../../core/network";
import { kerasActivations } from "./activation-names";

export interface KerasLayer {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Role -> the layer's variable, in the order in which Keras counts a layer's weights. */
  readonly variables?: Readonly<Partial<Record<ParameterRole, string>>>;
}

type LayerWriter<Op extends OpName> = (node: NodeOf<Op>, inputShape: Shape) => KerasLayer;

const channelsLast = { data_format: "channels_last" };

const pooling =
  (className: string) =>
  (node: NodeOf<"max-pool" | "avg-pool">): KerasLayer => ({
    className,
    config: {
      pool_size: node.attrs.poolSize,
      strides: node.attrs.strides,
      padding: node.attrs.padding,
      ...channelsLast,
    },
  });

function activation({ id, attrs }: NodeOf<"activation">): KerasLayer {
  const keras = kerasActivations[attrs.kind];
  if (!keras || (attrs.kind === "elu" && (attrs.alpha ?? 1) !== 1)) {
    const cure = keras ? "elu with alpha 1" : "relu6, swish or hard-sigmoid";
    throw new EngineError(
      "unsupported-layer",
      `layer '${id}': expected an activation that tfjs-layers has (${cure} would do), got ${attrs.kind}` +
        (attrs.alpha === undefined ? "" : ` with alpha ${attrs.alpha}`),
      { details: { layer: id, field: "kind", value: attrs.kind } },
    );
  }
  if ("name" in keras) return { className: "Activation", config: { activation: keras.name } };
  // The operation's own default; Keras' differs.
  return { className: keras.className, config: { [keras.field]: attrs.alpha ?? 0.2 } };
}

export const layerWriters: { readonly [Op in OpName]: LayerWriter<Op> } = {
  input: ({ attrs }) => ({
    className: "InputLayer",
    config: { batch_input_shape: [null, ...attrs.shape], dtype: "float32", sparse: false },
  }),
  conv2d: ({ attrs }) => ({
    className: "Conv2D",
    config: {
      filters: attrs.filters,
      kernel_size: attrs.kernelSize,
      strides: attrs.strides,
      padding: attrs.padding,
      dilation_rate: attrs.dilation,
      activation: "linear",
      use_bias: attrs.useBias,
      ...channelsLast,
    },
    variables: { kernel: "kernel", bias: "bias" },
  }),
  "depthwise-conv2d": ({ attrs }) => ({
    className: "DepthwiseConv2D",
    config: {
      kernel_size: attrs.kernelSize,
      strides: attrs.strides,
      padding: attrs.padding,
      depth_multiplier: attrs.multiplier,
      activation: "linear",
      use_bias: attrs.useBias,
      ...channelsLast,
    },
    variables: { kernel: "depthwise_kernel", bias: "bias" },
  }),
  dense: ({ attrs }) => ({
    className: "Dense",
    config: { units: attrs.units, activation: "linear", use_bias: attrs.useBias },
    variables: { kernel: "kernel", bias: "bias" },
  }),
  "batch-norm": ({ attrs }) => ({
    className: "BatchNormalization",
    config: { axis: -1, epsilon: attrs.epsilon, momentum: attrs.momentum, center: true, scale: true },
    variables: { gamma: "gamma", beta: "beta", movingMean: "moving_mean", movingVariance: "moving_variance" },
  }),
  activation,
  "max-pool": pooling("MaxPooling2D"),
  "avg-pool": pooling("AveragePooling2D"),
  "global-avg-pool": () => ({ className: "GlobalAveragePooling2D", config: channelsLast }),
  "global-max-pool": () => ({ className: "GlobalMaxPooling2D", config: channelsLast }),
  add: () => ({ className: "Add", config: {} }),
  multiply: () => ({ className: "Multiply", config: {} }),
  concat: () => ({ className: "Concatenate", config: { axis: -1 } }),
  // tfjs' Flatten refuses an input that is flat already.
  flatten: (_, inputShape) =>
    inputShape.length === 1
      ? { className: "Reshape", config: { target_shape: inputShape } }
      : { className: "Flatten", config: channelsLast },
  reshape: ({ attrs }) => ({ className: "Reshape", config: { target_shape: attrs.shape } }),
  "zero-pad": ({ attrs: { top, bottom, left, right } }) => ({
    className: "ZeroPadding2D",
    config: {
      padding: [
        [top, bottom],
        [left, right],
      ],
      ...channelsLast,
    },
  }),
  upsample: ({ attrs }) => ({
    className: "UpSampling2D",
    config: { size: attrs.size, interpolation: "nearest", ...channelsLast },
  }),
  dropout: ({ attrs }) => ({ className: "Dropout", config: { rate: attrs.rate } }),
};
