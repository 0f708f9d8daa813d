import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { compileKernels, generatedSource } from "./build-kernels";

const generated = new URL("../src/engine/backend/training-kernels.generated.ts", import.meta.url);

it("the committed kernels are what assembly/ compiles to (else run: npx tsx scripts/build-kernels.ts)", async () => {
  expect(await readFile(generated, "utf8")).toBe(generatedSource(await compileKernels()));
});
