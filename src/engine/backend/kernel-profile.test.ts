import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { profileKernels } from "./kernel-profile";

const NAME = "cpu";
/** Takes 10 and calls a kernel that takes 1; every reading of the clock lets no time pass of itself. */
const kernels = ["TestOuter", "TestInner"] as const;

describe("the times of kernels", () => {
  let time = 0;
  beforeAll(() => tf.setBackend(NAME));
  afterEach(() => {
    for (const kernelName of kernels) tf.unregisterKernel(kernelName, NAME);
  });

  it("counts calls, and what a kernel calls for that one alone; the registry is then as before", () => {
    const inner: tf.KernelFunc = () => {
      time += 1;
      return [];
    };
    const outer: tf.KernelFunc = () => {
      time += 10;
      tf.engine().runKernel("TestInner", {});
      tf.engine().runKernel("TestInner", {});
      return [];
    };
    tf.registerKernel({ kernelName: "TestInner", backendName: NAME, kernelFunc: inner });
    tf.registerKernel({ kernelName: "TestOuter", backendName: NAME, kernelFunc: outer });

    const profile = profileKernels(NAME, () => time);
    tf.engine().runKernel("TestInner", {});
    profile.reset();
    tf.engine().runKernel("TestOuter", {});
    tf.engine().runKernel("TestInner", {});
    expect(profile.times()).toEqual([
      { kernel: "TestOuter", calls: 1, milliseconds: 10 },
      { kernel: "TestInner", calls: 3, milliseconds: 3 },
    ]);
    profile.end();
    expect(tf.getKernel("TestInner", NAME)?.kernelFunc).toBe(inner);
    tf.engine().runKernel("TestInner", {});
    expect(profile.times().at(1)?.calls).toBe(3);
  });
});
