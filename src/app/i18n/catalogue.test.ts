/**
 * The page's words as a whole: complete in both languages, every one in use, and none in the code instead. What a call
 * of `t` may ask for is told by its type, so that keys put together at run time count as used.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import type { Words } from "../../survey/words";
import { catalogue } from "./catalogue";

const root = join(import.meta.dirname, "../../..");
const app = join(root, "src/app");

const entries = Object.entries(catalogue).flatMap(([area, all]) =>
  Object.entries<Words>(all).map(([key, words]) => [`${area}.${key}`, words] as const),
);
const ids = entries.map(([id]) => id);

/** What is called the same in every language: products, formats, units, abbreviations of methods. */
const names =
  /\b(Adam|SGD|AGP|KD|QAT|CSV|JSON|PNG|SVG|NPZ|IDX|MACs|BOPs|SIMD|SHA-256|wasm|WebGPU|WebGL|EN|ms|kB|MB)\b/g;
/** Whether a text, values and names apart, has words of a language. */
const isWord = (text: string): boolean => /\p{Letter}{2,}/u.test(text.replace(/\{\{[^}]*\}\}/g, "").replace(names, ""));

describe("both languages", () => {
  it.each(entries)("%s is there", (_, { en, zh }) => {
    expect(en.trim()).not.toBe("");
    expect(zh.trim()).not.toBe("");
  });

  it("Chinese is Chinese, unless it is a name, a number or a sign", () => {
    const foreign = entries.filter(([, { zh }]) => isWord(zh) && !/\p{Script=Han}/u.test(zh));
    expect(foreign.map(([id]) => id)).toEqual([]);
  });

  it("both take the same values", () => {
    const values = (text: string) => [...new Set(text.match(/\{\{[^}]*\}\}/g) ?? [])].sort();
    const different = entries.filter(([, { en, zh }]) => values(en).join() !== values(zh).join());
    expect(different.map(([id]) => id)).toEqual([]);
  });
});

const sources = readdirSync(app, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !/\.(test|testing)\.tsx?$/.test(file))
  .map((file) => join(app, file));

describe("no words in the code", () => {
  /** Attributes that a person sees or hears. */
  const spoken = new Set([
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "aria-valuetext",
    "title",
    "placeholder",
    "alt",
  ]);
  /** Literal texts that would be shown, each with its line. */
  function literals(file: string, text: string): string[] {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
    const found: string[] = [];
    const tell = (node: ts.Node, words: string) => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      if (isWord(words)) found.push(`${relative(root, file)}:${line + 1}: ${words.trim()}`);
    };
    /** Texts that an expression may give: through conditions and `&&`, not through calls. */
    const shown = (node: ts.Node): void => {
      if (ts.isStringLiteralLike(node)) tell(node, node.text);
      else if (ts.isTemplateExpression(node)) {
        for (const { text: part } of [node.head, ...node.templateSpans.map((span) => span.literal)]) tell(node, part);
      } else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(shown);
      else if (ts.isParenthesizedExpression(node)) shown(node.expression);
      else if (ts.isBinaryExpression(node)) {
        const { kind } = node.operatorToken;
        const { PlusToken, BarBarToken, QuestionQuestionToken } = ts.SyntaxKind;
        if ([PlusToken, BarBarToken, QuestionQuestionToken].includes(kind as ts.SyntaxKind.PlusToken)) shown(node.left);
        if (kind !== ts.SyntaxKind.EqualsEqualsEqualsToken) shown(node.right);
      }
    };
    const visit = (node: ts.Node): void => {
      if (ts.isJsxText(node)) tell(node, node.text);
      else if (ts.isJsxAttribute(node)) {
        const { initializer: value } = node;
        if (value && spoken.has(node.name.getText()))
          shown(ts.isJsxExpression(value) ? (value.expression ?? value) : value);
      } else if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) shown(node.expression);
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  }

  it("finds them where they are", () => {
    const bad = `const A = () => <p title="Some words" className="ok" aria-label={x ? "More" : t("fine")}>Text {y && "here"}
      {t("good")} {\`\${n} steps\`} · {kind === "prune" ? "✕" : "▲"}</p>`;
    const at = "src/app/x.tsx";
    expect(literals(join(root, at), bad)).toEqual([
      `${at}:1: Some words`,
      `${at}:1: More`,
      `${at}:1: Text`,
      `${at}:1: here`,
      `${at}:2: steps`,
    ]);
  });

  it("and there are none", () => {
    const components = sources.filter((file) => file.endsWith(".tsx"));
    expect(components.flatMap((file) => literals(file, readFileSync(file, "utf8")))).toEqual([]);
  });
});

describe("every entry is in use", () => {
  /** `area.key` of all that a call of `t` may ask for. */
  const used = new Set<string>();

  beforeAll(() => {
    const config = ts.getParsedCommandLineOfConfigFile(
      join(root, "tsconfig.app.json"),
      {},
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
          throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
        },
      },
    )!;
    const program = ts.createProgram(sources, config.options);
    const checker = program.getTypeChecker();

    /** The area that a `t` speaks of; its type says so. */
    const areaOf = (callee: ts.Expression): string | undefined => {
      const type = checker.typeToString(checker.getTypeAtLocation(callee), undefined, ts.TypeFormatFlags.NoTruncation);
      return /^TFunction<(?:readonly )?\[?"(\w+)"/.exec(type)?.[1];
    };
    const literalsOf = (type: ts.Type): string[] =>
      type.isUnion() ? type.types.flatMap(literalsOf) : type.isStringLiteral() ? [type.value] : [];
    /** Keys of an argument: by its type, of a template by what may stand in its places. */
    const keysOf = (node: ts.Expression): string[] => {
      if (ts.isStringLiteralLike(node)) return [node.text];
      if (ts.isConditionalExpression(node)) return [...keysOf(node.whenTrue), ...keysOf(node.whenFalse)];
      if (!ts.isTemplateExpression(node)) return literalsOf(checker.getTypeAtLocation(node));
      return node.templateSpans.reduce<string[]>(
        (heads, { expression, literal }) =>
          heads.flatMap((head) => keysOf(expression).map((part) => head + part + literal.text)),
        [node.head.text],
      );
    };
    const visit = (node: ts.Node): void => {
      const [argument] = ts.isCallExpression(node) ? node.arguments : [];
      const area = ts.isCallExpression(node) && argument ? areaOf(node.expression) : undefined;
      if (area && argument) for (const key of keysOf(argument)) used.add(`${area}.${key}`);
      ts.forEachChild(node, visit);
    };
    for (const file of sources) visit(program.getSourceFile(file)!);
    // The compiler reads the types of all that the page imports.
  }, 120_000);

  it("finds plain keys, keys of a table, and keys put together", () => {
    for (const id of ["bar.label", "bar.tabStudio", "bar.theme_dark", "findings.gap-cure", "inspector.unit_bits"]) {
      expect(used).toContain(id);
    }
  });

  it("so that none is left over", () => expect(ids.filter((id) => !used.has(id))).toEqual([]));
});
