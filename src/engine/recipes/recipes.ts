/**
 * Rows of the survey's Tables 1 to 3 as runnable experiments: a task, arms that differ in one thing, and the claims that
 * compare them. Light.
 */
import { EngineError } from "../core/errors";
import type { Claim } from "./claim";
import type { TimelineDocument } from "../document/document";

export interface RecipeArm {
  readonly name: string;
  /** As JSON: parsed like any other document. */
  readonly document: Pick<TimelineDocument, "version" | "clips" | "dataset" | "model"> & Partial<TimelineDocument>;
}

export interface Recipe {
  /** `t1-01` to `t3-10`. */
  readonly id: string;
  readonly title: string;
  readonly arms: readonly RecipeArm[];
  /** At least one. */
  readonly claims: readonly Claim[];
}

/** In table order. None is written yet: each needs blocks that are still to come. */
export const recipes: readonly Recipe[] = [];

/** @throws EngineError `unknown-recipe` */
export function recipeById(id: string): Recipe {
  const recipe = recipes.find((r) => r.id === id);
  if (!recipe) {
    const known = recipes.map((r) => r.id).join(", ") || "none so far";
    throw new EngineError("unknown-recipe", `expected a recipe (${known}), got '${id}'`);
  }
  return recipe;
}

/** The named arm, the first by default. @throws EngineError `unknown-recipe` */
export function recipeArm(id: string, name?: string): RecipeArm {
  const recipe = recipeById(id);
  const arm = name === undefined ? recipe.arms[0] : recipe.arms.find((a) => a.name === name);
  if (!arm) {
    throw new EngineError(
      "unknown-recipe",
      `recipe '${id}' expected an arm among ${recipe.arms.map((a) => a.name).join(", ")}, got '${name}'`,
    );
  }
  return arm;
}
