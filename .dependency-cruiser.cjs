/**
 * The direction of the code as it runs: imports of types alone are gone here (ESLint sees those). `boundaries.json` is
 * the one table that both read. Beyond ESLint's reach are the rules on what can be *reached*.
 */
const { mayImport, testsMayAlsoImport, appSeesOnly } = require("./boundaries.json");

const test = "\\.(test|testing)\\.tsx?$";
const folders = Object.keys(mayImport);
const pathOf = (folder) => (folder === "scripts" || folder === "e2e" ? `^${folder}/` : `^src/${folder}/`);
/** `document/**` (whatever is below) or `blocks/*` (the files of the folder itself) as a regular expression. */
const fileOf = (folder, glob) =>
  `^src/${folder}/${glob.replace(/\*\*?/, (stars) => (stars === "**" ? ".+" : "[^/]+"))}\\.ts$`;

const direction = folders.map((folder) => {
  const allowed = [folder, ...mayImport[folder], ...(testsMayAlsoImport[folder] ?? [])];
  return {
    name: `direction-${folder}`,
    comment: `${folder} imports ${mayImport[folder].join(", ") || "nothing"}`,
    severity: "error",
    from: { path: pathOf(folder) },
    to: { path: folders.filter((other) => !allowed.includes(other)).map(pathOf) },
  };
});

const directionOutsideTests = Object.entries(testsMayAlsoImport).map(([folder, extra]) => ({
  name: `direction-${folder}-outside-tests`,
  severity: "error",
  from: { path: pathOf(folder), pathNot: test },
  to: { path: extra.filter((other) => !mayImport[folder].includes(other)).map(pathOf) },
}));

const narrow = Object.entries(appSeesOnly).map(([folder, files]) => ({
  name: `app-sees-little-of-${folder}`,
  comment: "the page sees catalogue, documents and protocol only; the worker has the rest",
  severity: "error",
  from: { path: pathOf("app"), pathNot: test },
  to: { path: pathOf(folder), pathNot: files.map((file) => fileOf(folder, file)) },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...direction,
    ...directionOutsideTests,
    ...narrow,
    {
      name: "page-without-tensors",
      comment: "whatever the page loads, it loads no tfjs: that is the worker's",
      severity: "error",
      from: { path: "^src/app/main\\.tsx$" },
      to: { reachable: true, path: "@tensorflow/" },
    },
    {
      name: "light-files-without-tensors",
      comment:
        "what the page may see of the engine leads to no tfjs; through the lists that is a block's meta.ts above all",
      severity: "error",
      from: { path: appSeesOnly.engine.map((file) => fileOf("engine", file)), pathNot: test },
      to: { reachable: true, path: "@tensorflow/" },
    },
    {
      name: "blocks-are-islands",
      comment: "what two blocks need stands in blocks/shared",
      severity: "error",
      from: { path: "^src/engine/blocks/(?!shared/)([^/]+/[^/]+)/", pathNot: test },
      to: {
        path: "^src/engine/blocks/[^/]+/[^/]+/",
        pathNot: ["^src/engine/blocks/$1/", "^src/engine/blocks/shared/"],
      },
    },
    {
      name: "panels-are-islands",
      comment: "what two panels need stands in widgets, charts or stores",
      severity: "error",
      from: { path: "^src/app/panels/([^/]+)/", pathNot: test },
      to: { path: "^src/app/panels/[^/]+/", pathNot: "^src/app/panels/$1/" },
    },
    {
      name: "survey-imports-nothing",
      severity: "error",
      from: { path: "^src/survey/", pathNot: test },
      to: { pathNot: "^src/survey/" },
    },
    {
      name: "engine-without-platform",
      comment: "the engine runs in a page, in a worker and in Node",
      severity: "error",
      from: { path: "^src/engine/", pathNot: test },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "tests-are-leaves",
      comment: "no product file runs test code",
      severity: "error",
      from: { path: "^src/", pathNot: test },
      to: { path: test },
    },
    {
      name: "development-only",
      comment: "the product runs on what package.json lists under dependencies",
      severity: "error",
      from: { path: "^src/", pathNot: test },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    tsPreCompilationDeps: false,
    tsConfig: { fileName: "tsconfig.node.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "kernels\\.generated\\.ts$" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "browser", "default", "types"] },
  },
};
