/** What the repository's documents claim, where it can be checked. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { classify } from "../src/engine/document/classify";
import { parseDocumentText } from "../src/engine/document/document";
import { validate } from "../src/engine/document/validate";
import { recipes } from "../src/engine/recipes/recipes";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "THIRD-PARTY.md"];

describe("README.md", () => {
  const [, json] = /```json\n([\s\S]*?)```/.exec(read("README.md"))!;

  it("shows the example as it is, and names its combinations", () => {
    const document = parseDocumentText(json!);
    expect(document).toEqual(parseDocumentText(read("examples/joint.json")));
    expect(read("README.md")).toContain(JSON.stringify(classify(document)).replaceAll(",", ", "));
  });

  it("says that there are no recipes as long as there are none", () => {
    expect(read("README.md").includes("No recipe is written yet")).toBe(recipes.length === 0);
  });

  it("names npm scripts and files that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const text = documents.map(read).join("\n");
    const named = [...text.matchAll(/npm (?:run (?:-s )?([a-z:-]+)|(test|start))/g)].map(
      ([, script, test]) => script ?? test!,
    );
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
    const run = /studio -- run (\S+\.json)/.exec(text)![1]!;
    expect(existsSync(join(root, run)), run).toBe(true);
  });
});

describe.each(documents)("%s", (name) => {
  it("links to files that exist", () => {
    const targets = [...read(name).matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target!);
    expect(targets.filter((target) => !target.startsWith("https:") && !existsSync(join(root, target)))).toEqual([]);
  });

  it("names source files that exist", () => {
    const paths = [...read(name).matchAll(/`((?:src|scripts|public|examples|assembly)\/[a-z0-9/.-]+)`/g)].map(
      ([, p]) => p!,
    );
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const inEngine = [
      ...read(name).matchAll(/`((?:core|ops|timeline|training|blocks|codecs|formats)\/[a-z0-9/-]+\.ts)`/g),
    ];
    expect(inEngine.map(([, p]) => p!).filter((path) => !existsSync(join(root, "src/engine", path)))).toEqual([]);
  });
});

describe("examples", () => {
  it.each(readdirSync(join(root, "examples")).filter((name) => name.endsWith(".json")))("%s has no errors", (name) => {
    const document = parseDocumentText(read(join("examples", name)));
    expect(validate(document).filter((finding) => finding.severity === "error")).toEqual([]);
  });
});
