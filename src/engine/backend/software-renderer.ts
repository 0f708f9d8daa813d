/**
 * Whether a GPU interface is drawn by the processor: it passes every self-test, compiles for ten seconds, and is slower
 * than wasm. Asked before a backend is started, so that nobody waits for what will not be chosen.
 */
import type { BackendName } from "./choose";

const software = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i;

export interface GpuAdapter {
  readonly info?: Readonly<Record<string, unknown>>;
}
interface Gl {
  getExtension(name: string): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getParameter(name: number): unknown;
  readonly RENDERER: number;
}

/** What the interface calls the processor that stands for a GPU; null where there is a GPU, or no way to tell. */
export async function softwareRenderer(name: BackendName): Promise<string | null> {
  const found = name === "webgpu" ? await adapterName() : name === "webgl" ? glRenderer() : null;
  return found !== null && software.test(found) ? found : null;
}

/** Null where the host gives none: tfjs' own check looks for the interface only and then reads a null adapter. */
export async function gpuAdapter(): Promise<GpuAdapter | null> {
  const { navigator } = globalThis as { navigator?: { gpu?: { requestAdapter(): Promise<GpuAdapter | null> } } };
  try {
    return (await navigator?.gpu?.requestAdapter()) ?? null;
  } catch {
    return null;
  }
}

async function adapterName(): Promise<string | null> {
  const info = (await gpuAdapter())?.info;
  if (!info) return null;
  const words = ["vendor", "architecture", "device", "description"].map((field) => info[field]);
  const named = words.filter((word) => typeof word === "string" && word !== "").join(" ");
  return info["isFallbackAdapter"] === true ? `software adapter ${named}` : named;
}

function glRenderer(): string | null {
  if (typeof OffscreenCanvas === "undefined") return null;
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2") as Gl | null;
  if (!gl) return null;
  const unmasked = gl.getExtension("WEBGL_debug_renderer_info");
  return String(gl.getParameter(unmasked ? unmasked.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}
