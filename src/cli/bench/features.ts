import type { BackendReport } from "#engine/backend/choose";

/** What of the machine a backend makes use of, in a few words. */
export const featuresOf = ({ backend, simd }: BackendReport): string =>
  backend === "wasm" ? (simd ? "SIMD" : "no SIMD") : "plain JavaScript";
