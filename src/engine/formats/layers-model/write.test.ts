import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { activationKinds, type ActivationKind } from "../../core/network";
import { plainSnapshot, type Snapshot } from "../../core/snapshot";
import { buildIds } from "../../zoo/build-ids";
import { NetworkBuilder } from "../../zoo/builder";
import { builders } from "../../zoo/builders";
import { initializeValues } from "../../zoo/initialize";
import { difference, loadWritten, predict } from "./tfjs.testing";
import { writeLayersModel } from "./write";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const activated = (kind: ActivationKind, alpha?: number): Snapshot => {
  const b = new NetworkBuilder("activated", [6]);
  b.node("activation", "act", [b.dense(b.input, { units: 4 })], { kind, alpha });
  const network = b.build("act", "none");
  return plainSnapshot(network, initializeValues(network, 1));
};

describe("every network that can be built", () => {
  it.each(buildIds)("%s is loaded by tfjs-layers and computes the same", async (id) => {
    const network = builders[id]();
    const snapshot = plainSnapshot(network, initializeValues(network, 3));
    const x = tf.randomUniform([2, 28, 28, 1], 0, 1, "float32", 4);
    const loaded = await loadWritten(snapshot);
    expect(difference(loaded.predict(x) as tf.Tensor, predict(snapshot, x))).toBeLessThan(1e-5);
  });
});

describe("every activation", () => {
  it.each(activationKinds.filter((kind) => kind !== "hard-swish"))(
    "%s is loaded and computes the same",
    async (kind) => {
      const snapshot = activated(kind);
      const x = tf.randomNormal([3, 6], 0, 2, "float32", 4);
      const loaded = await loadWritten(snapshot);
      expect(difference(loaded.predict(x) as tf.Tensor, predict(snapshot, x))).toBeLessThan(1e-5);
    },
  );

  it.each([
    ["hard-swish", undefined, "(relu6, swish or hard-sigmoid would do), got hard-swish"],
    ["elu", 0.5, "(elu with alpha 1 would do), got elu with alpha 0.5"],
  ] as const)("but %s with alpha %s, which tfjs-layers lacks", (kind, alpha, message) => {
    expect(() => writeLayersModel(activated(kind, alpha))).toThrow(
      expect.objectContaining({ code: "unsupported-layer", message: expect.stringContaining(message) as string }),
    );
  });
});

describe("the files", () => {
  it("name the weights and hold them in that order", () => {
    const { modelJson, weights } = writeLayersModel(activated("relu"), { weightsFile: "w.bin" });
    expect(modelJson.weightsManifest).toMatchObject([
      {
        paths: ["w.bin"],
        weights: [
          { name: "dense1/kernel", shape: [6, 4] },
          { name: "dense1/bias", shape: [4] },
        ],
      },
    ]);
    expect(weights).toHaveLength(4 * (6 * 4 + 4));
    expect(modelJson).not.toHaveProperty("userDefinedMetadata");
  });
});
