/** `verify recipe:ID`: runs the arms of a recipe's claims on paired seeds and judges each claim. */
import { EngineError } from "#engine/core/errors";
import { parseDocument } from "#engine/document/document";
import { trainedSteps } from "#engine/document/schedule";
import { armFigures, type Claim, judge, type Judgement, overall } from "#engine/recipes/claim";
import { recipeArm, recipeById } from "#engine/recipes/recipes";
import { RunControl } from "#engine/run/control";
import { type RunDeps, runDocument, type RunResult } from "#engine/run/runner";
import { nodePlatform, useBackend } from "../context";
import { type OutputOptions, print } from "../output";

const verifySeeds = 3;

async function runArm(id: string, arm: string, seedOffset: number, deps: RunDeps): Promise<RunResult> {
  const document = parseDocument(recipeArm(id, arm).document);
  const run = runDocument({ ...document, seed: document.seed + seedOffset }, deps);
  let next = await run.next();
  while (!next.done) next = await run.next();
  return next.value;
}

const describe = ({ kind, metric, arms, point }: Claim, { verdict, values, mean, unmet }: Judgement): string =>
  `${verdict}: ${kind} of ${metric} (${arms.join(", ")}) at ${point}: ${values.map((v) => v.toPrecision(4)).join(", ")}; mean ${mean.toPrecision(4)}` +
  (unmet.length > 0 ? `; not given: ${unmet.join(", ")}` : "");

export async function verifyCommand(
  reference: string,
  options: OutputOptions & { readonly quick?: boolean },
): Promise<void> {
  const { id, claims } = recipeById(reference.replace(/^recipe:/, ""));
  const platform = nodePlatform();
  const { backend } = await useBackend(platform);
  const deps: RunDeps = { platform, backend, control: new RunControl() };
  const arms = [...new Set(claims.flatMap((claim) => claim.arms))];
  const seeds: ReadonlyMap<string, RunResult>[] = [];
  for (let seed = 0; seed < (options.quick ? 1 : verifySeeds); seed++) {
    const runs = new Map<string, RunResult>();
    for (const arm of arms) {
      runs.set(arm, await runArm(id, arm, seed, deps));
      process.stderr.write(`seed ${seed + 1}: '${arm}' done\n`);
    }
    seeds.push(runs);
  }
  const judged = claims.map((claim) => {
    const figures = seeds.map((runs) =>
      claim.arms.map((arm) => {
        const { points, final, original, document } = runs.get(arm)!;
        const clip = claim.point.startsWith("after:") ? claim.point.slice("after:".length) : undefined;
        const point =
          claim.point === "final" ? final : clip === undefined ? original : points.findLast((p) => p.clip === clip);
        if (!point) {
          throw new EngineError("unknown-recipe", `recipe '${id}' expected a clip '${clip}' in arm '${arm}', got none`);
        }
        return armFigures(claim.metric, point, trainedSteps(document));
      }),
    );
    return { claim, ...judge(claim, figures) };
  });
  const verdict = overall(judged.map((one) => one.verdict));
  const text = [`${id}: ${verdict}`, ...judged.map(({ claim, ...judgement }) => describe(claim, judgement))].join("\n");
  print({ recipe: id, verdict, claims: judged }, text, options);
}
