/** `verify recipe:ID`: runs a recipe's arms and judges its claim. There is no recipe to judge yet. */
import { recipeById } from "#engine/timeline/recipes";
import { type OutputOptions, print } from "../output";

export function verifyCommand(reference: string, options: OutputOptions): void {
  const recipe = recipeById(reference.replace(/^recipe:/, ""));
  print(recipe.claim, `${recipe.claim.better} against ${recipe.claim.than}`, options);
}
