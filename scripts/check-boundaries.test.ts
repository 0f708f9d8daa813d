/**
 * Breaks every house rule on purpose, in a small tree of its own under the project's own configuration. A rule that
 * stops working (a plugin renamed an option, a glob no longer matches) is a red test here, not a silence.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const configuration = [
  "boundaries.json",
  "eslint.config.ts",
  ".dependency-cruiser.cjs",
  "package.json",
  "tsconfig.json",
  "tsconfig.base.json",
  "tsconfig.engine.json",
  "tsconfig.app.json",
  "tsconfig.node.json",
];

type Files = Readonly<Record<string, string>>;
/** File -> the rules that it breaks. */
type Findings = ReadonlyMap<string, readonly string[]>;

/** What the offenders and their blameless counterparts import. */
const common: Files = {
  "src/survey/taxonomy.ts": 'export type SurveyNodeId = "pruning";\nexport const title = "Pruning";\n',
  "src/engine/core/errors.ts": "export const code = 1;\n",
  "src/engine/core/rng.testing.ts": 'export const rng = "seeded";\n',
  "src/engine/blocks/block.ts": 'import type { Tensor } from "@tensorflow/tfjs-core";\nexport type Loss = Tensor;\n',
  "src/engine/blocks/shared/masks.ts": 'import * as tf from "@tensorflow/tfjs-core";\nexport const mask = tf.ones;\n',
  "src/engine/blocks/prune/magnitude/meta.ts":
    'import type { Loss } from "../../block";\nexport const meta = "prune.magnitude" as const;\nexport type L = Loss;\n',
  "src/engine/blocks/catalog.generated.ts":
    'import { meta as magnitude } from "./prune/magnitude/meta";\nexport const catalog = [magnitude] as const;\n',
  "src/engine/blocks/prune/magnitude/magnitude.ts":
    'import { mask } from "../../shared/masks";\nexport const magnitude = mask;\n',
  "src/engine/training/step.ts":
    'import * as tf from "@tensorflow/tfjs-core";\nexport const step = (): tf.Tensor => tf.scalar(1);\n',
  "src/platform/memory.ts": "export const memory = 1;\n",
  "src/worker/client.ts": "export const client = 1;\n",
  "src/worker/host.ts": 'import { step } from "#engine/training/step";\nexport const host = step;\n',
  "src/cli/table.ts": "export const table = 1;\n",
  "src/app/stores/run.ts": "export const run = 1;\n",
  "src/app/panels/palette/Palette.tsx": "export const Palette = 1;\n",
};

/** `[file, rule, source]`: this source in this file breaks this rule and no other. */
const offences: readonly (readonly [file: string, rule: string, source: string])[] = [
  // Direction.
  ["src/engine/core/a.ts", "import-x/no-restricted-paths", 'export { memory } from "../../platform/memory";'],
  ["src/engine/core/b.ts", "import-x/no-restricted-paths", 'export { host } from "#worker/host";'],
  ["src/engine/core/c.test.ts", "import-x/no-restricted-paths", 'export { run } from "../../app/stores/run";'],
  ["src/platform/a.ts", "import-x/no-restricted-paths", 'export { client } from "#worker/client";'],
  ["src/worker/a.ts", "import-x/no-restricted-paths", 'export type { run } from "../app/stores/run";'],
  ["src/cli/a.ts", "import-x/no-restricted-paths", 'export { client } from "#worker/client";'],
  ["src/cli/b.ts", "import-x/no-restricted-paths", 'export { run } from "../app/stores/run";'],
  ["src/app/a.ts", "import-x/no-restricted-paths", 'export { table } from "../cli/table";'],
  ["scripts/a.ts", "import-x/no-restricted-paths", 'export { table } from "../src/cli/table";'],
  ["e2e/a.ts", "import-x/no-restricted-paths", 'export { run } from "../src/app/stores/run";'],
  ["src/app/b.ts", "import-x/no-restricted-paths", 'export { step } from "#engine/training/step";'],
  ["src/app/c.ts", "import-x/no-restricted-paths", 'export type { step } from "#engine/training/step";'],
  [
    "src/app/d.ts",
    "import-x/no-restricted-paths",
    'export const late = (): Promise<unknown> => import("#engine/blocks/prune/magnitude/magnitude");',
  ],
  ["src/app/g.ts", "import-x/no-restricted-paths", 'export { meta } from "#engine/blocks/prune/magnitude/meta";'],
  ["src/app/e.ts", "import-x/no-restricted-paths", 'export { host } from "#worker/host";'],
  ["src/app/f.ts", "import-x/no-restricted-paths", 'export { memory } from "#platform/memory";'],
  // Islands.
  [
    "src/engine/blocks/prune/own/a.ts",
    "@typescript-eslint/no-restricted-imports",
    'export { magnitude } from "../magnitude/magnitude";',
  ],
  [
    "src/engine/blocks/joint/own/b.ts",
    "@typescript-eslint/no-restricted-imports",
    'export { magnitude } from "../../prune/magnitude/magnitude";',
  ],
  [
    "src/engine/blocks/joint/own/c.ts",
    "@typescript-eslint/no-restricted-imports",
    'export type { meta } from "#engine/blocks/prune/magnitude/meta";',
  ],
  [
    "src/app/panels/own/A.tsx",
    "@typescript-eslint/no-restricted-imports",
    'export { Palette } from "../palette/Palette";',
  ],
  [
    "src/engine/blocks/prune/own/meta.ts",
    "@typescript-eslint/no-restricted-imports",
    'export type { Tensor } from "@tensorflow/tfjs-core";',
  ],
  // Purity.
  [
    "src/engine/core/node.ts",
    "@typescript-eslint/no-restricted-imports",
    'export { readFile } from "node:fs/promises";',
  ],
  ["src/engine/core/node-old.ts", "@typescript-eslint/no-restricted-imports", 'export { join } from "path";'],
  ["src/engine/core/view.ts", "@typescript-eslint/no-restricted-imports", 'export { useState } from "react";'],
  ["src/engine/core/store.ts", "@typescript-eslint/no-restricted-imports", 'export { create } from "zustand";'],
  ["src/engine/core/words.ts", "@typescript-eslint/no-restricted-imports", 'export { title } from "#survey/taxonomy";'],
  ["src/survey/a.ts", "@typescript-eslint/no-restricted-imports", 'export { number } from "valibot";'],
  ["src/survey/b.ts", "import-x/no-restricted-paths", 'export type { Loss } from "../engine/blocks/block";'],
  ...[
    "window",
    "document",
    "self",
    "navigator",
    "localStorage",
    "indexedDB",
    "fetch",
    "Worker",
    "postMessage",
    "process",
    "performance",
    "setTimeout",
    "setInterval",
    "crypto",
    "Date",
  ].map(
    (name, i) =>
      [`src/engine/core/global-${i}.ts`, "no-restricted-globals", `export const it: unknown = ${name};`] as const,
  ),
  ["src/engine/core/now.ts", "no-restricted-globals", "export const now = Date.now();"],
  ["src/engine/core/today.ts", "no-restricted-globals", "export const today = new Date();"],
  ["src/engine/core/hidden.ts", "no-restricted-globals", "export const hidden: unknown = globalThis.crypto;"],
  ["src/engine/backend/clock.ts", "no-restricted-globals", "export const now = Date.now();"],
  ["src/survey/c.ts", "no-restricted-globals", 'export const page = fetch("x");'],
  ["src/engine/core/chance.ts", "no-restricted-properties", "export const chance = Math.random();"],
  ["src/app/chance.ts", "no-restricted-properties", "export const chance = Math.random();"],
  [
    "src/engine/core/read.ts",
    "no-restricted-properties",
    'import type { Tensor } from "@tensorflow/tfjs-core";\nexport const read = (t: Tensor) => t.dataSync();',
  ],
  [
    "src/engine/backend/read.ts",
    "no-restricted-properties",
    'import type { Tensor } from "@tensorflow/tfjs-core";\nexport const read = (t: Tensor) => t.dataSync();',
  ],
  // Hygiene.
  [
    "src/engine/core/cycle-a.ts",
    "import-x/no-cycle",
    'import { b } from "./cycle-b";\nexport const a = (): number => b();',
  ],
  [
    "src/engine/core/cycle-b.ts",
    "import-x/no-cycle",
    'import { a } from "./cycle-a";\nexport const b = (): number => a();',
  ],
  ["src/engine/core/default.ts", "import-x/no-default-export", "export default 1;"],
  ["src/engine/core/long.ts", "max-lines", `${"export {};\n".repeat(501)}`],
  ["src/engine/core/noise.ts", "no-console", 'console.log("x");'],
  ["src/worker/noise.ts", "no-console", 'console.error("x");'],
  ["src/engine/core/any.ts", "@typescript-eslint/no-explicit-any", "export const x = 1 as any;"],
  [
    "src/engine/core/floating.ts",
    "@typescript-eslint/no-floating-promises",
    "const work = async () => Promise.resolve(1);\nexport const go = (): void => {\n  work();\n};",
  ],
  [
    "src/engine/core/misused.ts",
    "@typescript-eslint/no-misused-promises",
    "const work = async () => Promise.resolve(true);\nexport const go = (): number => (work() ? 1 : 2);",
  ],
  ["src/engine/core/unused.ts", "@typescript-eslint/no-unused-vars", "const unused = 1;\nexport {};"],
  [
    "src/engine/core/type-import.ts",
    "@typescript-eslint/consistent-type-imports",
    'import { EngineError } from "./thrown";\nexport type E = EngineError;',
  ],
  [
    "src/engine/core/side-effect.ts",
    "@typescript-eslint/no-import-type-side-effects",
    'import { type EngineError } from "./thrown";\nexport type E = EngineError;',
  ],
  [
    "src/engine/core/exhaustive.ts",
    "@typescript-eslint/switch-exhaustiveness-check",
    'export function f(x: "a" | "b"): number {\n  switch (x) {\n    case "a":\n      return 1;\n  }\n  return 0;\n}',
  ],
  ["src/engine/core/equal.ts", "eqeqeq", "export const equal = (a: number, b: number) => a == b;"],
  [
    "src/engine/core/suppressed.ts",
    "house/suppression-has-reason",
    "// eslint-disable-next-line eqeqeq\nexport const equal = (a: number, b: number) => a == b;",
  ],
  [
    "src/engine/core/expected.ts",
    "@typescript-eslint/ban-ts-comment",
    '// @ts-expect-error\nexport const n: number = "x";',
  ],
  ["src/engine/core/index.ts", "house/file-name", "export {};"],
  ["src/engine/core/utils.ts", "house/file-name", "export {};"],
  ["src/engine/core/camelCase.ts", "house/file-name", "export {};"],
  ["src/app/widgets/kebab-case.tsx", "house/file-name", "export {};"],
];

/** What must be allowed, so that the rules above are no wider than they say. */
const allowed: Files = {
  "src/engine/core/thrown.ts": "export class EngineError extends Error {}",
  "src/engine/core/mixed.ts":
    'import { code } from "./errors";\nimport type { SurveyNodeId } from "#survey/taxonomy";\nexport const id: SurveyNodeId = code === 1 ? "pruning" : "pruning";',
  "src/engine/core/x.test.ts":
    'import { memory } from "../../platform/memory";\nimport { title } from "#survey/taxonomy";\nimport { readFile } from "node:fs/promises";\nexport const all = [memory, title, readFile, Date.now(), performance];',
  "src/engine/backend/probe.ts": "export const gpu: unknown = navigator;\nexport const now = performance.now();",
  "src/engine/blocks/prune/good/good.ts":
    'import { mask } from "../../shared/masks";\nimport type { Loss } from "../../block";\nimport { step } from "../../../training/step";\nimport { meta } from "./meta";\nexport const good: [unknown, Loss] = [mask, step()];\nexport const id: string = meta;',
  "src/engine/blocks/prune/good/meta.ts":
    'import type { Loss } from "../../block";\nimport type { SurveyNodeId } from "#survey/taxonomy";\nexport const meta = "prune.good";\nexport type T = [Loss, SurveyNodeId];',
  "src/engine/core/reasoned.ts":
    "// eslint-disable-next-line eqeqeq -- null stands for undefined here\nexport const none = (a: unknown) => a == null;",
  "src/platform/good.ts": 'export { code } from "#engine/core/errors";\nexport const later = setTimeout;',
  "src/worker/good.ts": 'export { step } from "#engine/training/step";\nexport { memory } from "#platform/memory";',
  "src/cli/good.ts":
    'import { title } from "#survey/taxonomy";\nimport { step } from "#engine/training/step";\nconsole.log(title, step);',
  "src/app/good.ts":
    'export { client } from "#worker/client";\nexport { catalog } from "#engine/blocks/catalog.generated";\nexport type { Loss } from "#engine/blocks/block";\nexport { code } from "#engine/core/errors";\nexport { title } from "#survey/taxonomy";',
  "src/app/good.test.ts": 'export { host } from "#worker/host";\nexport { memory } from "#platform/memory";',
  "src/app/panels/good/Good.tsx":
    'import { run } from "../../stores/run";\nimport { Row } from "./Row";\nexport const Good = [run, Row];',
  "src/app/panels/good/Row.tsx": "export const Row = 1;",
  "src/app/main.tsx": 'import { Good } from "./panels/good/Good";\nexport const main = Good;',
  "scripts/good.ts": 'import { step } from "../src/engine/training/step";\nconsole.log(step);',
  "vite.config.ts": "export default {};",
};

/** Files that break a rule of what runs: `[rule, files]`. Each set is laid over `common` in one tree. */
const reached: readonly (readonly [rule: string, from: string, files: Files])[] = [
  [
    "direction-engine",
    "src/engine/core/to-worker.ts",
    { "src/engine/core/to-worker.ts": 'export { client } from "../../worker/client";' },
  ],
  [
    "direction-engine-outside-tests",
    "src/engine/core/to-platform.ts",
    { "src/engine/core/to-platform.ts": 'export { memory } from "#platform/memory";' },
  ],
  ["direction-platform", "src/platform/up.ts", { "src/platform/up.ts": 'export { client } from "../worker/client";' }],
  ["direction-worker", "src/worker/up.ts", { "src/worker/up.ts": 'export { run } from "../app/stores/run";' }],
  ["direction-cli", "src/cli/up.ts", { "src/cli/up.ts": 'export { run } from "../app/stores/run";' }],
  ["direction-app", "src/app/side.ts", { "src/app/side.ts": 'export { table } from "../cli/table";' }],
  [
    "direction-app-outside-tests",
    "src/app/deep.ts",
    { "src/app/deep.ts": 'export { memory } from "#platform/memory";' },
  ],
  ["direction-scripts", "scripts/side.ts", { "scripts/side.ts": 'export { table } from "../src/cli/table";' }],
  [
    "app-sees-little-of-engine",
    "src/app/heavy.ts",
    { "src/app/heavy.ts": 'export { step } from "#engine/training/step";' },
  ],
  ["app-sees-little-of-worker", "src/app/host.ts", { "src/app/host.ts": 'export { host } from "#worker/host";' }],
  [
    "page-without-tensors",
    "src/app/main.tsx",
    {
      "src/app/main.tsx": 'import { store } from "./stores/indirect";\nexport const main = store;',
      "src/app/stores/indirect.ts":
        'import { client } from "../../worker/client-with-engine";\nexport const store = client;',
      "src/worker/client-with-engine.ts": 'import { step } from "#engine/training/step";\nexport const client = step;',
    },
  ],
  [
    "light-files-without-tensors",
    "src/engine/blocks/heavy.generated.ts",
    {
      "src/engine/blocks/heavy.generated.ts": 'export { meta } from "./prune/heavy/meta";',
      "src/engine/blocks/prune/heavy/meta.ts": 'import { mask } from "../../shared/masks";\nexport const meta = mask;',
    },
  ],
  [
    "blocks-are-islands",
    "src/engine/blocks/prune/near/parts/deep.ts",
    { "src/engine/blocks/prune/near/parts/deep.ts": 'export { magnitude } from "../../magnitude/magnitude";' },
  ],
  [
    "panels-are-islands",
    "src/app/panels/near/parts/Deep.tsx",
    { "src/app/panels/near/parts/Deep.tsx": 'export { Palette } from "../../palette/Palette";' },
  ],
  ["survey-imports-nothing", "src/survey/curious.ts", { "src/survey/curious.ts": 'export { number } from "valibot";' }],
  [
    "engine-without-platform",
    "src/engine/core/files.ts",
    { "src/engine/core/files.ts": 'export { readFile } from "node:fs/promises";' },
  ],
  [
    "tests-are-leaves",
    "src/engine/core/leaf.ts",
    { "src/engine/core/leaf.ts": 'export { rng } from "./rng.testing";' },
  ],
  ["development-only", "src/engine/core/dev.ts", { "src/engine/core/dev.ts": 'export { expect } from "vitest";' }],
  ["resolvable", "src/engine/core/lost.ts", { "src/engine/core/lost.ts": 'export { lost } from "./nowhere";' }],
  [
    "no-cycles",
    "src/engine/core/round-a.ts",
    {
      "src/engine/core/round-a.ts": 'import { b } from "./round-b";\nexport const a = (): number => b();',
      "src/engine/core/round-b.ts": 'import { a } from "./round-a";\nexport const b = (): number => a();',
    },
  ],
];

const trees: string[] = [];

async function plant(files: Files): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), "boundaries-"));
  trees.push(tree);
  await symlink(join(root, "node_modules"), join(tree, "node_modules"));
  for (const name of configuration) await copyFile(join(root, name), join(tree, name));
  for (const [name, source] of Object.entries({ ...common, ...files })) {
    await mkdir(dirname(join(tree, name)), { recursive: true });
    await writeFile(join(tree, name), source.endsWith("\n") ? source : `${source}\n`);
  }
  return tree;
}

/** Standard output of a tool of node_modules; it exits 1 when it finds something. */
const tool = (cwd: string, bin: string, ...args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(root, "node_modules", bin), ...args],
      { cwd, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        if (stdout === "") reject(new Error(`expected JSON of ${bin}, got ${error?.message ?? ""} ${stderr}`));
        else resolve(stdout);
      },
    );
  });

async function lint(tree: string): Promise<Findings> {
  const output = await tool(
    tree,
    "eslint/bin/eslint.js",
    "src",
    "scripts",
    "e2e",
    "vite.config.ts",
    "--format",
    "json",
  );
  const results = JSON.parse(output) as { filePath: string; messages: { ruleId: string | null; message: string }[] }[];
  return new Map(
    results.map(({ filePath, messages }) => [relative(tree, filePath), messages.map((m) => m.ruleId ?? m.message)]),
  );
}

async function cruise(tree: string): Promise<Findings> {
  const args = ["--config", ".dependency-cruiser.cjs", "--output-type", "json", "src", "scripts"];
  const { summary } = JSON.parse(await tool(tree, "dependency-cruiser/bin/dependency-cruise.mjs", ...args)) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  const findings = new Map<string, string[]>();
  for (const { from, rule } of summary.violations) findings.set(from, [...(findings.get(from) ?? []), rule.name]);
  return findings;
}

let linted: Findings;
let cruised: Findings;

beforeAll(async () => {
  const sources = Object.fromEntries(offences.map(([file, , source]) => [file, source]));
  const written = await plant({ ...allowed, ...sources });
  const running = await plant(Object.assign({ ...allowed }, ...reached.map(([, , files]) => files)) as Files);
  [linted, cruised] = await Promise.all([lint(written), cruise(running)]);
}, 120_000);

afterAll(() => Promise.all(trees.map((tree) => rm(tree, { recursive: true, force: true }))));

describe("ESLint finds", () => {
  it.each(offences.map(([file, rule, source]) => [rule, source.split("\n")[0], file] as const))(
    "%s in `%s` of %s",
    (rule, _, file) => {
      expect(new Set(linted.get(file))).toEqual(new Set([rule]));
    },
  );
});

describe("ESLint lets pass", () => {
  it.each(Object.keys({ ...common, ...allowed }))("%s", (file) => {
    expect(linted.get(file)).toEqual([]);
  });
});

describe("dependency-cruiser finds", () => {
  it.each(reached.map(([rule, from]) => [rule, from] as const))("%s in %s", (rule, from) => {
    expect(cruised.get(from)).toContain(rule);
  });

  it.each(Object.keys({ ...common, ...allowed }).filter((file) => !reached.some(([, from]) => from === file)))(
    "nothing in %s",
    (file) => {
      expect(cruised.get(file)).toBeUndefined();
    },
  );
});
