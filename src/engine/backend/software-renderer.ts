/**
 * Whether a GPU interface is drawn by the processor: it passes every self-test, compiles for ten seconds, and is slower
 * than wasm. Asked before a backend is started, so that nobody waits for what will not be chosen.
 */
import type { BackendName } from "./choose";

const software = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i;

interface Adapter {
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

async function adapterName(): Promise<string | null> {
  const { navigator } = globalThis as { navigator?: { gpu?: { requestAdapter(): Promise<Adapter | null> } } };
  try {
    const info = (await navigator?.gpu?.requestAdapter())?.info;
    if (!info) return null;
    const words = ["vendor", "architecture", "device", "description"].map((field) => info[field]);
    const named = words.filter((word) => typeof word === "string" && word !== "").join(" ");
    return info["isFallbackAdapter"] === true ? `software adapter ${named}` : named;
  } catch {
    return null;
  }
}

function glRenderer(): string | null {
  if (typeof OffscreenCanvas === "undefined") return null;
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2") as Gl | null;
  if (!gl) return null;
  const unmasked = gl.getExtension("WEBGL_debug_renderer_info");
  return String(gl.getParameter(unmasked ? unmasked.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}
