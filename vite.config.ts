import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./",
  worker: { format: "es" },
  test: {
    include: ["src/**/*.test.ts", "scripts/**/*.test.ts"],
    // Each file owns a tfjs backend and a wasm heap; two workers fill the two cores of a small machine.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
  },
});
