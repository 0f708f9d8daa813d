/** `verify recipe:ID`: runs both arms of a recipe's claim on paired seeds and judges it. */
import { judge } from "#engine/recipes/claim";
import { RunControl } from "#engine/run/control";
import { parseDocument } from "#engine/document/document";
import { recipeArm, recipeById } from "#engine/recipes/recipes";
import { type RunDeps, runDocument } from "#engine/run/runner";
import { scoreOf } from "#engine/tasks/metrics/scores";
import { nodePlatform, useBackend } from "../context";
import { type OutputOptions, print } from "../output";

const verifySeeds = 3;

async function finalAccuracy(id: string, arm: string, seedOffset: number, deps: RunDeps): Promise<number> {
  const document = parseDocument(recipeArm(id, arm).document);
  const run = runDocument({ ...document, seed: document.seed + seedOffset }, deps);
  let next = await run.next();
  while (!next.done) next = await run.next();
  return scoreOf(next.value.final);
}

export async function verifyCommand(
  reference: string,
  options: OutputOptions & { readonly quick?: boolean },
): Promise<void> {
  const { id, claim } = recipeById(reference.replace(/^recipe:/, ""));
  const platform = nodePlatform();
  const { backend } = await useBackend(platform);
  const deps: RunDeps = { platform, backend, control: new RunControl() };
  const differences: number[] = [];
  for (let seed = 0; seed < (options.quick ? 1 : verifySeeds); seed++) {
    const better = await finalAccuracy(id, claim.better, seed, deps);
    const other = await finalAccuracy(id, claim.than, seed, deps);
    differences.push(100 * (better - other));
    process.stderr.write(`seed ${seed + 1}: ${differences.at(-1)!.toFixed(2)} points\n`);
  }
  const judgement = judge(differences, claim.margin);
  const text = `${judgement.verdict}: '${claim.better}' over '${claim.than}' by ${judgement.mean.toFixed(2)} points`;
  print({ recipe: id, claim, ...judgement }, text, options);
}
