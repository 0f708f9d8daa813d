import * as tf from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it } from "vitest";
import { EngineError } from "../core/errors";
import { prepareBackend } from "./choose";
import { fastKernels } from "./fast-kernels";
import { wasmFolder } from "./node-wasm.testing";
import { probeError, probeMilliseconds } from "./probe-step";

/** A clock that moves on by a millisecond whenever it is read. */
function tickingClock(): () => number {
  let time = 0;
  return () => time++;
}

const options = { wasmPaths: wasmFolder(), now: tickingClock() };

async function refusal(promise: Promise<unknown>): Promise<EngineError> {
  const error: unknown = await promise.then(
    () => new Error("a refusal was expected"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof EngineError)) throw error;
  return error;
}

describe("prepareBackend", () => {
  afterEach(() => {
    // No backend but the chosen one keeps tensors of the tests.
    expect(tf.memory().numTensors).toBe(0);
  });

  it("prepares wasm with its compiled kernels when it is asked for", async () => {
    const report = await prepareBackend({ ...options, requested: "wasm" });
    expect(report).toEqual({
      backend: "wasm",
      reason: "requested",
      candidates: [{ name: "wasm", selfTest: "passed", milliseconds: 1 }],
      kernels: {
        linked: true,
        relaxedSimd: expect.any(Boolean) as boolean,
        enabled: Object.keys(fastKernels),
        rejected: [],
      },
      simd: true,
      relaxedSimd: expect.any(Boolean) as boolean,
      threads: 1,
      threadsReason: "switched off",
      version: "4.22.0",
    });
    expect(tf.getBackend()).toBe("wasm");
  });

  it("prepares cpu when it is asked for", async () => {
    const report = await prepareBackend({ ...options, requested: "cpu" });
    expect(report).toMatchObject({ backend: "cpu", reason: "requested", kernels: null, simd: false, threads: 1 });
    expect(tf.getBackend()).toBe("cpu");
  });

  it("chooses wasm by itself in Node, and says why not the others", async () => {
    const report = await prepareBackend({ ...options, requested: "auto" });
    expect(report.backend).toBe("wasm");
    expect(report.reason).toBe("only");
    expect(report.candidates).toEqual([
      { name: "wasm", selfTest: "passed", milliseconds: 1 },
      { name: "webgpu", selfTest: "unavailable", error: "this host gives no WebGPU adapter" },
      { name: "webgl", selfTest: "unavailable", error: "this host has no OffscreenCanvas" },
    ]);
  });

  it("chooses only from what is available", async () => {
    const report = await prepareBackend({ ...options, requested: "auto", available: ["cpu"] });
    expect(report).toMatchObject({
      backend: "cpu",
      candidates: [{ name: "cpu", selfTest: "passed", milliseconds: 16 }],
    });
  });

  it("refuses a backend that this host does not have", async () => {
    const error = await refusal(prepareBackend({ ...options, requested: "webgl" }));
    expect(error.code).toBe("backend-unavailable");
    expect(error.message).toBe("backend 'webgl' was expected, got webgl: this host has no OffscreenCanvas");
  });

  it("refuses a backend that computes wrongly", async () => {
    const relu = tf.getKernel("Relu", "wasm")!;
    tf.unregisterKernel("Relu", "wasm");
    // Passes negative values on: a step differs, nothing throws.
    tf.registerKernel({ ...relu, kernelFunc: tf.getKernel("Identity", "wasm")!.kernelFunc });
    try {
      const error = await refusal(prepareBackend({ ...options, requested: "wasm" }));
      expect(error.code).toBe("backend-unavailable");
      expect(error.message).toMatch(/^backend 'wasm' was expected, got wasm: a relative error of at most 0.001/);
    } finally {
      tf.unregisterKernel("Relu", "wasm");
      tf.registerKernel(relu);
    }
  });

  it("refuses when nothing is available", async () => {
    const error = await refusal(prepareBackend({ ...options, requested: "auto", available: [] }));
    expect(error.message).toBe("a backend that computes rightly was expected, got no candidates");
  });
});

describe("probeMilliseconds", () => {
  it("is the shortest step by the clock, and leaves no tensor", async () => {
    await prepareBackend({ ...options, requested: "wasm" });
    // The clock moves by 1 from one reading to the next, and nothing else reads it.
    expect(await probeMilliseconds(tickingClock())).toBe(1);
    expect(tf.memory().numTensors).toBe(0);
  });

  it("is sixteen times that of one of the sixteen images", async () => {
    await prepareBackend({ ...options, requested: "wasm" });
    expect(await probeMilliseconds(tickingClock(), 1)).toBe(16);
    expect(tf.memory().numTensors).toBe(0);
  });

  it("takes one step after the warm-up where a step takes long", async () => {
    await prepareBackend({ ...options, requested: "wasm" });
    let readings = 0;
    // A second from one reading to the next; two readings for a step.
    expect(await probeMilliseconds(() => 1000 * readings++)).toBe(1000);
    expect(readings).toBe(4);
  });
});

describe("probeError", () => {
  const reference = [Float32Array.of(1, -4)];
  it("is relative to the largest value: |-3 + 4| / 4", () => {
    expect(probeError([Float32Array.of(1, -3)], reference)).toBe(0.25);
  });
  it.each([
    ["a missing result", []],
    ["a shorter result", [Float32Array.of(1)]],
    ["a NaN", [Float32Array.of(Number.NaN, -4)]],
  ])("is infinite for %s", (_name, results) => {
    expect(probeError(results, reference)).toBe(Number.POSITIVE_INFINITY);
  });
});
