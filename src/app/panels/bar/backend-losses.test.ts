import { describe, expect, it } from "vitest";
import type { BackendReport } from "../../../worker/protocol";
import { lossesOf } from "./backend-losses";

const whole: BackendReport = {
  backend: "wasm",
  reason: "only",
  candidates: [{ name: "wasm", selfTest: "passed", milliseconds: 4 }],
  kernels: { linked: true, enabled: ["Conv2D", "MaxPoolGrad"], rejected: [] },
  simd: true,
  relaxedSimd: true,
  threads: 2,
  version: "4.22.0",
};
const unlinked = (reason: string): BackendReport["kernels"] => ({
  linked: false,
  enabled: [],
  rejected: [{ name: "*", reason }],
});

describe("lossesOf", () => {
  it("is empty where all is there", () => {
    expect(lossesOf(whole)).toEqual([]);
  });

  it.each([
    ["not isolated", { key: "lostIsolation" }],
    ["one core", { key: "lostCores" }],
    ["failed: no answer in 2 s", { key: "lostThreads", reasons: ["no answer in 2 s"] }],
  ] as const)("of threads, '%s'", (threadsReason, loss) => {
    expect(lossesOf({ ...whole, threads: 1, threadsReason })).toEqual([loss]);
  });

  it("has no threads in it that were switched off", () => {
    expect(lossesOf({ ...whole, threads: 1, threadsReason: "switched off" })).toEqual([]);
  });

  it("without SIMD says so once, and not what follows from it", () => {
    const report: BackendReport = {
      ...whole,
      simd: false,
      relaxedSimd: false,
      kernels: unlinked("Wasm SIMD unsupported"),
      threads: 1,
      threadsReason: "failed: SIMD was expected, there is none",
    };
    expect(lossesOf(report)).toEqual([{ key: "lostSimd" }]);
    expect(lossesOf({ ...report, threadsReason: "not isolated" })).toEqual([
      { key: "lostSimd" },
      { key: "lostIsolation" },
    ]);
  });

  it("of relaxed SIMD is one where the kernels run", () => {
    expect(lossesOf({ ...whole, relaxedSimd: false })).toEqual([{ key: "lostRelaxedSimd" }]);
    const kernels = unlinked("no memory");
    expect(lossesOf({ ...whole, relaxedSimd: false, kernels })).toEqual([
      { key: "lostCompiled", reasons: ["no memory"] },
    ]);
  });

  it("names the kernels that were left out, and each reason once", () => {
    const rejected = [
      { name: "Conv2D", reason: "an error of 1" },
      { name: "MaxPoolGrad", reason: "an error of 1" },
    ];
    const kernels = { linked: true, enabled: [], rejected };
    const loss = { key: "lostKernels", names: ["Conv2D", "MaxPoolGrad"], reasons: ["an error of 1"] };
    expect(lossesOf({ ...whole, kernels })).toEqual([loss]);
    // Those of a GPU as well, which has neither SIMD nor threads to lose.
    expect(lossesOf({ ...whole, backend: "webgpu", kernels, simd: false, relaxedSimd: false, threads: 1 })).toEqual([
      loss,
    ]);
  });
});
