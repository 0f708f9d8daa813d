/** `blocks`, `zoo`, `datasets`, `recipes`: what there is. */
import { catalog } from "#engine/blocks/catalog";
import { blockWords } from "#engine/blocks/words.generated";
import { datasetIds } from "#engine/datasets/manifest";
import { openDataset } from "#engine/datasets/dataset";
import { recipeArm, recipeById, recipes } from "#engine/recipes/recipes";
import { testScores } from "#engine/tasks/metrics/scores";
import { readZoo } from "#engine/zoo/manifest";
import { nodePlatform } from "../context";
import { grouped, type OutputOptions, print, table } from "../output";
import { score } from "../scores";

export function listBlocks(options: OutputOptions): void {
  const blocks = catalog.map(({ params, ...meta }) => {
    const { label, summary } = blockWords[meta.id];
    return { ...meta, label: label.en, labelZh: label.zh, summary: summary.en, summaryZh: summary.zh, params };
  });
  const rows = blocks.map((b) => [
    b.id,
    b.label,
    b.roles.join(" + "),
    b.fidelity,
    b.length,
    Object.keys(b.params).join(", "),
  ]);
  print(blocks, table([["id", "label", "roles", "fidelity", "length", "parameters"], ...rows]), options);
}

export async function listZoo(options: OutputOptions): Promise<void> {
  const { networks } = await readZoo(nodePlatform());
  const rows = networks.map((n) => [n.id, grouped(n.parameters), grouped(n.macs), score(testScores(n)), n.licence]);
  print(networks, table([["id", "parameters", "MACs", "test score", "licence"], ...rows]), options);
}

export async function listDatasets(options: OutputOptions): Promise<void> {
  const platform = nodePlatform();
  const infos = await Promise.all(datasetIds.map(async (id) => (await openDataset(id, platform)).info));
  const rows = infos.map((d) => [
    d.id,
    d.task,
    `[${d.shape.join(", ")}]`,
    String(d.classes.length),
    grouped(d.counts.train),
    grouped(d.counts.test),
    d.licence,
  ]);
  print(infos, table([["id", "task", "shape", "classes", "train", "test", "licence"], ...rows]), options);
}

export function listRecipes(options: OutputOptions): void {
  const rows = recipes.map((r) => [r.id, r.title, r.arms.map((a) => a.name).join(", ")]);
  print(recipes, rows.length > 0 ? table([["id", "title", "arms"], ...rows]) : "no recipes yet", options);
}

export function showRecipe(id: string, options: OutputOptions & { readonly arm?: string }): void {
  const shown = options.arm === undefined ? recipeById(id) : recipeArm(id, options.arm).document;
  print(shown, JSON.stringify(shown, null, 2), options);
}
