import type { BackendReport } from "#engine/backend/choose";

/** What of the machine a backend makes use of, in a few words. */
export function featuresOf({ backend, simd, kernels }: BackendReport): string {
  if (backend !== "wasm") return "plain JavaScript";
  if (!simd) return "no SIMD";
  return kernels !== null && "relaxedSimd" in kernels && kernels.relaxedSimd ? "relaxed SIMD" : "SIMD";
}
