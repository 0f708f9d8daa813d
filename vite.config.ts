import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/**
 * What the built page may do: load from where it lies, compile WebAssembly, and no more. Nothing in it can run what a
 * link or a file carries, and no request leaves the origin.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  // Positions on charts and on the timeline are style attributes that scripts set; drag and drop adds a style element.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Nothing of another origin can reach the page, and its clocks are exact; it works without, where a host cannot send these. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const tests = ["src/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"];

/**
 * Tests that need a process of their own: they start and remove backends, put a module in another's place, or bring
 * tfjs' own gradients along (tfjs-layers does), which win over the studio's where they come first.
 */
const alone = [
  "src/engine/backend/choose.test.ts",
  "src/engine/backend/gradients.property.test.ts",
  "src/engine/backend/gradients.test.ts",
  "src/engine/backend/kernel-threads.test.ts",
  "src/engine/backend/training-module.test.ts",
  "src/engine/blocks/structured.test.ts",
  "src/engine/formats/layers-model/round-trip.test.ts",
  "src/engine/formats/layers-model/write.test.ts",
  "src/engine/run/boundary-errors.test.ts",
];

export default defineConfig({
  base: "./",
  plugins: [
    react(),
    {
      name: "content-security-policy",
      apply: "build",
      transformIndexHtml: () => [
        {
          tag: "meta",
          attrs: { "http-equiv": "Content-Security-Policy", content: contentSecurityPolicy },
          injectTo: "head-prepend",
        },
      ],
    },
  ],
  worker: { format: "es" },
  // What the worker imports is found late, and the development server would reload the page for it.
  optimizeDeps: {
    include: ["core", "backend-cpu", "backend-wasm", "backend-webgl", "backend-webgpu"].map(
      (name) => `@tensorflow/tfjs-${name}`,
    ),
  },
  build: { target: "es2023" },
  server: { headers: isolation },
  preview: { headers: { ...isolation, "Content-Security-Policy": contentSecurityPolicy } },
  test: {
    // Two workers fill the two cores of a small machine.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    projects: [
      // Files that follow each other in a worker share its modules, its tfjs backend and the tiny network that it trained.
      { extends: true, test: { name: "together", include: tests, exclude: alone, isolate: false } },
      { extends: true, test: { name: "alone", include: alone, isolate: true } },
    ],
  },
});
