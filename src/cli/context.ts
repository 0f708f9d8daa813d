/** What every command works with: the Node platform and a prepared backend. */
import { type BackendReport, prepareBackend, type RequestedBackend } from "#engine/backend/choose";
import { EngineError } from "#engine/core/errors";
import type { Platform } from "#engine/core/ports";
import { createNodePlatform } from "#platform/node";

export const nodePlatform = (): Platform => createNodePlatform();

/** Node has no WebGPU or WebGL. */
const backends = ["auto", "wasm", "cpu"] as const satisfies readonly RequestedBackend[];

export interface BackendOptions {
  /**
   * On how many threads wasm's training kernels compute, at most. 1 by default: what does not train hardly uses them, and
   * what measures says how many it wants.
   */
  readonly threads?: number;
}

/** For what trains. The results have the same bits on any number of threads. */
export const everyCore = Number.POSITIVE_INFINITY;

/** @throws EngineError `usage` for a name that is none, `backend-unavailable` */
export async function useBackend(
  platform: Platform,
  requested = "wasm",
  { threads = 1 }: BackendOptions = {},
): Promise<BackendReport> {
  const name = backends.find((b) => b === requested);
  if (!name) throw new EngineError("usage", `--backend expected one of ${backends.join(", ")}, got '${requested}'`);
  return prepareBackend({
    requested: name,
    wasmPaths: platform.wasmPaths,
    now: () => platform.clock.now(),
    available: ["wasm", "cpu"],
    ...(platform.threads ? { threads: { host: platform.threads, most: threads } } : {}),
  });
}
