import { expect, it } from "vitest";
import { pointTable } from "./point-columns";

const rest = {
  testImages: 10,
  sizeBytes: 1,
  fileBytes: 2,
  compressionRatio: 4,
  parameters: 3,
  nonZero: 3,
  macs: 5,
  bops: 6,
  latencyMs: null,
};

it("the columns of classification stand as they always did", () => {
  const { columns, rows } = pointTable([{ clip: "c", step: 7, accuracy: 0.5, top5: 0.9, loss: 1, ...rest }]);
  expect(columns.join()).toBe(
    "clip,step,accuracy,top5,loss,testImages,sizeBytes,fileBytes,compressionRatio,parameters,nonZero,macs,bops,latencyMs",
  );
  expect(rows).toEqual([["c", 7, 0.5, 0.9, 1, 10, 1, 2, 4, 3, 3, 5, 6, null]]);
});
