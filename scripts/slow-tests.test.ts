import { expect, it } from "vitest";
import { slowTests } from "./slow-tests";

it("adds up a block's files, names what is above 5 s, and takes the mean over blocks", () => {
  const of = (file: string, ms: number) => ({ file, ms });
  expect(
    slowTests([
      of("src/engine/blocks/prune/obs/obs.test.ts", 3000),
      of("src/engine/blocks/prune/obs/inverse-hessian.test.ts", 2500),
      of("src/engine/blocks/quantize/affine-int8/affine-int8.test.ts", 500),
      of("src/engine/blocks/shared/pruning/select.test.ts", 5001),
      of("src/engine/blocks/contract.test.ts", 9000),
      of("src/cli/main.test.ts", 5000),
    ]),
  ).toEqual({
    above: [
      of("src/engine/blocks/contract.test.ts", 9000),
      of("src/engine/blocks/prune/obs", 5500),
      of("src/engine/blocks/shared/pruning/select.test.ts", 5001),
    ],
    // (5.5 s + 0.5 s) / 2.
    blockMeanMs: 3000,
  });
  expect(slowTests([]).blockMeanMs).toBeNull();
});
