import { expect, it } from "vitest";
import { catalog } from "../../../engine/blocks/catalog";
import { formulas } from "./formulas";

it.each(catalog.map(({ id }) => id))("%s has a formula of one line, in parts that fit the column", (id) => {
  expect(formulas[id]).toMatch(/^\S.{8,78}\S$/u);
  for (const part of formulas[id].split("  ")) expect([...part].length).toBeLessThanOrEqual(36);
});

it("there is none for a block that is not in the catalogue", () => {
  expect(Object.keys(formulas).sort()).toEqual(catalog.map(({ id }) => id as string).sort());
});
