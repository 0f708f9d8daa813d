import { expect, it } from "vitest";
import { committed, makeLists } from "./make-block-lists";

it("the committed lists are those of the folders (else run: npm run lists)", async () => {
  const lists = await makeLists();
  expect(lists.size).toBeGreaterThan(0);
  for (const [path, text] of lists) expect(committed(path), path).toBe(text);
});
