/**
 * The house rules that a machine can keep. `boundaries.json` says which folder may import which; everything else is
 * here. `scripts/check-boundaries.test.ts` breaks each rule on purpose, so that one which stops working is a red test.
 */
import { builtinModules } from "node:module";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Linter, Rule } from "eslint";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";
import boundaries from "./boundaries.json" with { type: "json" };

const root = dirname(fileURLToPath(import.meta.url));
const sources = ["**/*.{ts,tsx}"];
const tests = ["**/*.{test,testing}.{ts,tsx}"];
const configs = ["*.config.ts"];

// ---- direction -----------------------------------------------------------------------------------------------------

type Folder = keyof typeof boundaries.mayImport;
const folders = Object.keys(boundaries.mayImport) as Folder[];
const pathOf = (folder: Folder): string =>
  folder === "scripts" || folder === "e2e" ? `./${folder}` : `./src/${folder}`;

function zones(inTests: boolean) {
  const extra: Partial<Record<Folder, string[]>> = inTests ? boundaries.testsMayAlsoImport : {};
  const direction = folders.flatMap((folder) => {
    const allowed: string[] = [folder, ...boundaries.mayImport[folder], ...(extra[folder] ?? [])];
    return folders
      .filter((other) => !allowed.includes(other))
      .map((other) => ({
        target: pathOf(folder),
        from: pathOf(other),
        message: `${folder} may not import ${other} (boundaries.json).`,
      }));
  });
  if (inTests) return direction;
  const narrow = Object.entries(boundaries.appSeesOnly).map(([folder, files]) => ({
    target: "./src/app",
    from: `./src/${folder}/**/*`,
    except: files.map((file) => `**/src/${folder}/${file}.ts`),
    message: "The page sees catalogue, documents and protocol only; the worker has the rest (boundaries.json).",
  }));
  return [...direction, ...narrow];
}

const restrictedPaths = (inTests: boolean): Linter.RulesRecord => ({
  "import-x/no-restricted-paths": ["error", { basePath: root, zones: zones(inTests) }],
});

// ---- what a folder may name ----------------------------------------------------------------------------------------

/** Of `no-restricted-imports`, one list for each kind of file: a later entry replaces an earlier one as a whole. */
interface Ban {
  readonly regex: string;
  readonly message: string;
  readonly allowTypeImports?: boolean;
}
const ban = (...patterns: Ban[]): Linter.RulesRecord => ({
  "@typescript-eslint/no-restricted-imports": ["error", { patterns }],
});

const builtins = builtinModules.filter((name) => !name.startsWith("_")).join("|");
const impure: Ban = {
  regex: `^(node:|(${builtins})(/|$)|react|zustand|recharts|@dnd-kit/|i18next|idb$|cli-progress$|commander$)`,
  message: "The engine is pure: no UI, no platform. Take a port of core/ports.ts.",
};
const surveyIsTypes: Ban = {
  regex: "^#survey/(?!words$)|(^|/)\\.\\./survey/",
  allowTypeImports: true,
  message: "The engine takes types from the survey; its words are looked up by the page and the command line.",
};
const light: Ban = {
  regex: "^@tensorflow/",
  message: "meta.ts is all that the page loads of a block: no tensors, not even their types.",
};
/** As written in `blocks/<kind>/<name>/x.ts`: `../<name>/` is a sibling, `../../<kind>/` leads to another kind. */
const islandBlock: Ban = {
  regex: "^\\.\\./(?!\\.\\./)[^/]+/|^\\.\\./\\.\\./(?!\\.\\./|shared/)[^/]+/|/blocks/(?!shared/)[^/]+/",
  message: "A block is an island: what two blocks need stands in blocks/shared.",
};
/** As written in `panels/<panel>/X.tsx`. */
const islandPanel: Ban = {
  regex: "^\\.\\./(?!\\.\\./)[^/]+/|/panels/",
  message: "A panel is an island: what two panels need stands in widgets, charts or stores.",
};

const takePort = (port: string) => `The engine has no world of its own: take ${port} (core/ports.ts).`;
const environment = [
  ...["window", "document", "self", "navigator", "postMessage"].map((name) => ({
    name,
    message: takePort("what you need as an argument"),
  })),
  ...["localStorage", "indexedDB", "fetch", "XMLHttpRequest", "process"].map((name) => ({
    name,
    message: takePort("an AssetStore or UserFiles"),
  })),
  ...["Worker", "setTimeout", "setInterval", "queueMicrotask", "requestAnimationFrame"].map((name) => ({
    name,
    message: takePort("Platform.yieldToHost"),
  })),
  { name: "performance", message: takePort("a Clock") },
  { name: "crypto", message: takePort("Platform.sha256, or an Rng") },
];
const time = [{ name: "Date", message: takePort("a Clock") }];

// ---- rules of our own ----------------------------------------------------------------------------------------------

const suppressionHasReason: Rule.RuleModule = {
  meta: { type: "suggestion", schema: [] },
  create: ({ sourceCode, report }) => ({
    Program() {
      for (const comment of sourceCode.getAllComments()) {
        if (comment.loc && /^\s*eslint-disable/.test(comment.value) && !/\s--\s+\S/.test(comment.value)) {
          report({ loc: comment.loc, message: "expected a reason: `eslint-disable-next-line rule -- because ...`" });
        }
      }
    },
  }),
};

const fileName: Rule.RuleModule = {
  meta: { type: "suggestion", schema: [] },
  create: ({ filename, report }) => ({
    Program(node) {
      const name = basename(filename);
      const component = name.endsWith(".tsx") && !/^(main|[a-z0-9-]+\.test)\.tsx$/.test(name);
      const form = component ? /^[A-Z][A-Za-z0-9]*(\.[a-z]+)*\.tsx$/ : /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.tsx?$/;
      if (!form.test(name)) {
        report({ node, message: `expected kebab-case.ts for a module, PascalCase.tsx for a component, got '${name}'` });
      }
      if (/^(index|utils?|helpers?)\.tsx?$/.test(name)) {
        report({ node, message: `expected a file named after what is in it, got '${name}'` });
      }
    },
  }),
};

const house = { rules: { "suppression-has-reason": suppressionHasReason, "file-name": fileName } };

// ---- the configuration ---------------------------------------------------------------------------------------------

export default defineConfig([
  { ignores: ["dist/**", "coverage/**", "public/**", "assembly/**", "**/*-kernels.generated.ts", "**/*.cjs"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: sources,
    extends: [ts.configs.recommended],
    plugins: { "import-x": importX as never, house },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    settings: {
      ...importX.flatConfigs.typescript.settings,
      "import-x/resolver-next": [createTypeScriptImportResolver({ project: `${root}/tsconfig.json` })],
    },
    rules: {
      ...restrictedPaths(false),
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
      "import-x/no-default-export": "error",
      "import-x/no-duplicates": "error",

      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      // `import { type A } from "a"` stays in the bundle as `import "a"`; `import type { A }` does not.
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/ban-ts-comment": ["error", { minimumDescriptionLength: 10 }],

      eqeqeq: "error",
      "no-console": "error",
      "no-restricted-properties": [
        "error",
        {
          object: "Math",
          property: "random",
          message: "Take an Rng (core/rng.ts): a run must be reproducible from its seed.",
        },
      ],
      "max-lines": ["error", { max: 500 }],
      "house/suppression-has-reason": "error",
      "house/file-name": "error",
    },
  },
  { files: tests, rules: restrictedPaths(true) },
  { files: configs, rules: { "import-x/no-default-export": "off" } },
  { files: ["src/cli/**", "scripts/**"], rules: { "no-console": "off" } },

  // The survey is content: it imports nothing but itself.
  {
    files: ["src/survey/**/*.ts"],
    ignores: tests,
    rules: {
      ...ban({ regex: "^[^.]", message: "The survey imports nothing." }),
      "no-restricted-globals": ["error", { globals: [...environment, ...time], checkGlobalObject: true }],
    },
  },
  // The engine computes: the same document gives the same bytes, in a page, in a worker, in Node.
  {
    files: ["src/engine/**/*.ts"],
    ignores: tests,
    rules: {
      ...ban(impure, surveyIsTypes),
      "no-restricted-globals": ["error", { globals: [...environment, ...time], checkGlobalObject: true }],
      "no-restricted-properties": [
        "error",
        {
          object: "Math",
          property: "random",
          message: "Take an Rng (core/rng.ts): a run must be reproducible from its seed.",
        },
        { property: "dataSync", message: "WebGPU cannot read back synchronously: await data()." },
        { property: "arraySync", message: "WebGPU cannot read back synchronously: await array()." },
      ],
    },
  },
  // A backend is chosen by what the machine has and how fast it is.
  {
    files: ["src/engine/backend/**/*.ts"],
    rules: { "no-restricted-globals": ["error", { globals: time, checkGlobalObject: true }] },
  },
  {
    files: ["src/engine/blocks/!(shared)/*/*.ts"],
    ignores: tests,
    rules: ban(impure, surveyIsTypes, islandBlock),
  },
  {
    files: ["src/engine/blocks/*/*/meta.ts"],
    rules: ban(impure, surveyIsTypes, islandBlock, light),
  },
  { files: ["src/app/**/*.{ts,tsx}"], extends: [reactHooks.configs.flat["recommended-latest"]] },
  { files: ["src/app/panels/*/*.{ts,tsx}"], ignores: tests, rules: ban(islandPanel) },
]);
