import { afterEach, describe, expect, it, vi } from "vitest";
import { softwareRenderer } from "./software-renderer";

afterEach(() => vi.unstubAllGlobals());

/** A host as a browser is one; Node has neither interface. */
const withAdapter = (info: Record<string, unknown> | null) =>
  vi.stubGlobal("navigator", { gpu: { requestAdapter: () => Promise.resolve(info && { info }) } });
const withRenderer = (renderer: string) =>
  vi.stubGlobal(
    "OffscreenCanvas",
    class {
      getContext() {
        return { RENDERER: 1, getExtension: () => ({ UNMASKED_RENDERER_WEBGL: 2 }), getParameter: () => renderer };
      }
    },
  );

describe("a software renderer", () => {
  it.each([
    [{ vendor: "google", architecture: "swiftshader" }, "google swiftshader"],
    [{ vendor: "mesa", description: "llvmpipe (LLVM 15)" }, "mesa llvmpipe (LLVM 15)"],
    [{ vendor: "microsoft", isFallbackAdapter: true }, "software adapter microsoft"],
    [{ vendor: "nvidia", architecture: "hopper" }, null],
    [{}, null],
    [null, null],
  ])("is told by what a WebGPU adapter says of itself: %j", async (info, expected) => {
    withAdapter(info);
    expect(await softwareRenderer("webgpu")).toBe(expected);
  });

  it.each([
    ["ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (LLVM 10.0.0)), SwiftShader driver)", true],
    ["Microsoft Basic Render Driver", true],
    ["ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11)", false],
  ])("is told by the name of WebGL's renderer: %s", async (renderer, software) => {
    withRenderer(renderer);
    expect(await softwareRenderer("webgl")).toBe(software ? renderer : null);
  });

  it("is none where there is no such interface, or no GPU is asked for", async () => {
    vi.stubGlobal("navigator", {});
    expect([await softwareRenderer("webgpu"), await softwareRenderer("webgl"), await softwareRenderer("wasm")]).toEqual(
      [null, null, null],
    );
  });
});
