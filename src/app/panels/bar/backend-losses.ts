/** What a computation goes without, told from the report on the backend: which words say it, and with what values. */
import type { BackendReport } from "../../../worker/protocol";

/** Keys of the catalogue's area `bar`. */
export type LossKey =
  "lostSimd" | "lostRelaxedSimd" | "lostIsolation" | "lostCores" | "lostThreads" | "lostCompiled" | "lostKernels";

export interface Loss {
  readonly key: LossKey;
  /** What is left out, by name. */
  readonly names?: readonly string[];
  /** The engine's own words on it, for whoever wants to mend it; each once. */
  readonly reasons?: readonly string[];
}

/** The gravest first; empty where the backend has all that it can have. Threads that nobody asked for are no loss. */
export function lossesOf(report: BackendReport): readonly Loss[] {
  const losses: Loss[] = [];
  const wasm = report.backend === "wasm";
  if (wasm && !report.simd) losses.push({ key: "lostSimd" });
  const { kernels } = report;
  const reasons = [...new Set(kernels?.rejected.map(({ reason }) => reason))];
  // Without SIMD no compiled kernel links, which is said already.
  if (kernels && !kernels.linked && !losses.length) losses.push({ key: "lostCompiled", reasons });
  if (wasm) losses.push(...threadLoss(report));
  if (wasm && report.simd && kernels?.linked && !report.relaxedSimd) losses.push({ key: "lostRelaxedSimd" });
  if (kernels?.linked && kernels.rejected.length > 0) {
    losses.push({ key: "lostKernels", names: kernels.rejected.map(({ name }) => name), reasons });
  }
  return losses;
}

function threadLoss({ threads, threadsReason, simd }: BackendReport): Loss[] {
  if (threads > 1 || threadsReason === undefined || threadsReason === "switched off") return [];
  if (threadsReason === "not isolated") return [{ key: "lostIsolation" }];
  if (threadsReason === "one core") return [{ key: "lostCores" }];
  // The threads compute the compiled kernels, which need SIMD.
  return simd ? [{ key: "lostThreads", reasons: [threadsReason.replace(/^failed: /, "")] }] : [];
}
