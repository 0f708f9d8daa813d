/**
 * Against tfjs-layers itself: what it saves is read here and computes the same, and what is written here it loads and
 * computes the same.
 */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { parametersOf } from "../../core/network";
import type { Snapshot } from "../../core/snapshot";
import { readLayersModel } from "./read";
import { difference, loadWritten, predict, randomWeights, savedFiles } from "./tfjs.testing";
import { writeLayersModel } from "./write";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Layers = (input: tfl.SymbolicTensor) => tfl.SymbolicTensor;
const apply = (layer: { apply(inputs: unknown): unknown }, ...inputs: tfl.SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tfl.SymbolicTensor;
const { layers } = tfl;

const activationNames = [
  "relu",
  "relu6",
  "elu",
  "selu",
  "sigmoid",
  "hardSigmoid",
  "tanh",
  "softplus",
  "swish",
  "gelu",
  "linear",
] as const;

const bodies: Record<string, Layers> = {
  "residual with projection": (x) => {
    const stem = apply(layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", useBias: false }), x);
    const a = apply(layers.activation({ activation: "relu" }), apply(layers.batchNormalization({}), stem));
    const b = apply(layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, padding: "same" }), a);
    const c = apply(layers.conv2d({ filters: 6, kernelSize: 1, strides: 2 }), a);
    const sum = apply(layers.reLU(), apply(layers.add(), b, c));
    return apply(layers.globalAveragePooling2d({}), sum);
  },
  "squeeze-and-excitation": (x) => {
    const a = apply(layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu" }), x);
    const squeezed = apply(layers.dense({ units: 2, activation: "relu" }), apply(layers.globalAveragePooling2d({}), a));
    const gates = apply(layers.dense({ units: 4, activation: "sigmoid" }), squeezed);
    return apply(layers.globalAveragePooling2d({}), apply(layers.multiply(), gates, a));
  },
  "concatenation of three": (x) => {
    const branches = [1, 3, 5].map((kernelSize) =>
      apply(layers.conv2d({ filters: kernelSize, kernelSize, padding: "same", activation: "relu" }), x),
    );
    return apply(layers.globalMaxPooling2d({}), apply(layers.concatenate(), ...branches));
  },
  "depthwise and pointwise": (x) => {
    const a = apply(
      layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 3, padding: "same", activation: "relu6" }),
      x,
    );
    const b = apply(layers.depthwiseConv2d({ kernelSize: [3, 1], strides: 2, useBias: false }), a);
    return apply(layers.flatten(), b);
  },
  separable: (x) => {
    const a = apply(layers.separableConv2d({ filters: 5, kernelSize: 3, activation: "tanh", depthMultiplier: 2 }), x);
    return apply(
      layers.flatten(),
      apply(layers.separableConv2d({ filters: 3, kernelSize: 2, strides: 2, useBias: false }), a),
    );
  },
  "dilated and padded": (x) => {
    const a = apply(
      layers.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
      x,
    );
    return apply(layers.flatten(), apply(layers.conv2d({ filters: 2, kernelSize: 3, dilationRate: 2 }), a));
  },
  "pixels repeated": (x) => {
    const a = apply(layers.upSampling2d({ size: [2, 3] }), x);
    return apply(layers.flatten(), apply(layers.conv2d({ filters: 2, kernelSize: 3 }), a));
  },
  "pooling of both kinds": (x) => {
    const a = apply(layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }), x);
    return apply(layers.flatten(), apply(layers.averagePooling2d({ poolSize: [2, 2], padding: "same" }), a));
  },
  "batch normalization after flatten, without scale or center": (x) => {
    const flat = apply(layers.flatten(), x);
    const a = apply(
      layers.batchNormalization({ scale: false }),
      apply(layers.batchNormalization({ center: false }), flat),
    );
    return apply(layers.dropout({ rate: 0.5 }), a);
  },
  "reshape and noise": (x) => {
    const a = apply(layers.gaussianNoise({ stddev: 1 }), apply(layers.reshape({ targetShape: [4, 16, 1] }), x));
    const b = apply(layers.conv2d({ filters: 2, kernelSize: 3 }), a);
    return apply(layers.reshape({ targetShape: [56] }), apply(layers.leakyReLU({}), b));
  },
  "advanced activations": (x) => {
    const a = apply(layers.leakyReLU({ alpha: 0.1 }), apply(layers.conv2d({ filters: 3, kernelSize: 2 }), x));
    const b = apply(layers.reLU({ maxValue: 6 }), apply(layers.elu({}), a));
    return apply(layers.flatten(), b);
  },
  ...Object.fromEntries(
    activationNames.map((activation): [string, Layers] => [
      `activation ${activation}`,
      (x) => apply(layers.dense({ units: 7, activation }), apply(layers.flatten(), x)),
    ]),
  ),
};

function modelOf(
  body: Layers,
  end: "softmax layer" | "fused softmax" | "softmax activation" | "logits" = "logits",
): tfl.LayersModel {
  const input = tfl.input({ shape: [8, 8, 1] });
  const features = body(input);
  const dense = layers.dense({ units: 4, activation: end === "fused softmax" ? "softmax" : undefined });
  let output = apply(dense, features);
  if (end === "softmax layer") output = apply(layers.softmax(), output);
  if (end === "softmax activation") output = apply(layers.activation({ activation: "softmax" }), output);
  const model = tfl.model({ inputs: input, outputs: output });
  randomWeights(model);
  return model;
}

const images = (): tf.Tensor => tf.randomNormal([5, 8, 8, 1], 0, 1, "float32", 11);

const readSaved = async (model: tfl.LayersModel) => {
  const { modelJson, files } = await savedFiles(model);
  return readLayersModel(modelJson, (path) => Promise.resolve(files.get(path)!));
};

describe("a model saved by tfjs-layers", () => {
  it.each(Object.keys(bodies))("%s computes the same here, and again there after export", async (name) => {
    const model = modelOf(bodies[name]!);
    const { snapshot } = await readSaved(model);
    const x = images();
    const expected = model.predict(x) as tf.Tensor;
    expect(difference(predict(snapshot, x), expected)).toBeLessThan(1e-5);
    const again = await loadWritten(snapshot);
    expect(difference(again.predict(x) as tf.Tensor, expected)).toBeLessThan(1e-5);
    // And reading our own file gives the very same values.
    const { modelJson, weights } = writeLayersModel(snapshot);
    const reread = await readLayersModel(modelJson, () => Promise.resolve(weights));
    expect(reread.snapshot.values).toEqual(snapshot.values);
    expect(reread.snapshot.network).toEqual(snapshot.network);
  });

  it.each(["softmax layer", "fused softmax", "softmax activation"] as const)(
    "ending in a %s has it as its head",
    async (end) => {
      const model = modelOf(bodies.separable!, end);
      const { snapshot } = await readSaved(model);
      expect(snapshot.network.head).toBe("softmax");
      expect(snapshot.network.nodes.at(-1)!.op).toBe("dense");
      const x = images();
      const expected = model.predict(x) as tf.Tensor;
      expect(difference(predict(snapshot, x), expected)).toBeLessThan(1e-5);
      const again = await loadWritten(snapshot);
      expect(difference(again.predict(x) as tf.Tensor, expected)).toBeLessThan(1e-5);
    },
  );

  it("may be Sequential, and nested", async () => {
    const inner = tfl.sequential({
      layers: [layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [8, 8, 1] }), layers.reLU()],
    });
    const middle = tfl.sequential({ layers: [inner, layers.maxPooling2d({})] });
    const model = tfl.sequential({ layers: [middle, layers.flatten(), layers.dense({ units: 4 })] });
    randomWeights(model);
    const { snapshot } = await readSaved(model);
    const x = images();
    expect(difference(predict(snapshot, x), model.predict(x) as tf.Tensor)).toBeLessThan(1e-5);
    expect(snapshot.network.nodes.map((node) => node.op)).toEqual([
      "input",
      "conv2d",
      "activation",
      "max-pool",
      "flatten",
      "dense",
    ]);
  });

  it("may hold a functional model as a layer", async () => {
    const inner = modelOf(bodies["residual with projection"]!);
    const input = tfl.input({ shape: [8, 8, 1] });
    const body = inner.apply(apply(layers.averagePooling2d({ poolSize: 1 }), input)) as tfl.SymbolicTensor;
    const model = tfl.model({ inputs: input, outputs: apply(layers.dense({ units: 3 }), body) });
    randomWeights(model);
    const { snapshot } = await readSaved(model);
    const x = images();
    expect(difference(predict(snapshot, x), model.predict(x) as tf.Tensor)).toBeLessThan(1e-5);
  });
});

describe("a compressed snapshot", () => {
  it("is exported with its effective weights: removed ones are zero", async () => {
    const { snapshot } = await readSaved(modelOf(bodies["concatenation of three"]!));
    const kernel = parametersOf(snapshot.network).find(({ role }) => role === "kernel")!;
    const length = snapshot.values.get(kernel.name)!.length;
    const mask = Uint8Array.from({ length }, (_, i) => i % 2);
    const codebook = { kind: "codebook", values: Float32Array.of(-0.5, 0, 0.5) } as const;
    const masked: Snapshot = { ...snapshot, states: new Map([[kernel.name, { mask, quantizer: codebook }]]) };
    const loaded = await loadWritten(masked);
    const values = loaded.getLayer(kernel.node.id).getWeights()[0]!.dataSync();
    values.forEach((value, i) => expect(mask[i] ? codebook.values : [0]).toContain(value));
    const x = images();
    expect(difference(loaded.predict(x) as tf.Tensor, predict(masked, x))).toBeLessThan(1e-5);
    expect(loaded.getUserDefinedMetadata()).toEqual({ made: "here" });
  });
});
