import { describe, expect, it } from "vitest";
import { citationKeys, citationOfReference, citations } from "./citations";
import { combinationIds, combinations } from "./combinations";
import { childrenOf, pathTo, surveyNodeIds, taxonomy } from "./taxonomy";
import type { Words } from "./words";

/** CJK unified ideographs: what makes a text Chinese. */
const chinese = /\p{Script=Han}/u;
/** Proper names that the survey itself leaves in English. */
const untranslated = new Set(["Fire Module"]);

/** Every text in a value, with the path to it. */
function* textsOf(value: unknown, path: string): Generator<[path: string, text: string]> {
  if (typeof value === "string") yield [path, value];
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* textsOf(inner, `${path}.${key}`);
  }
}

function expectBothLanguages(text: Words, path: string): void {
  expect(chinese.test(text.en), `${path}.en`).toBe(false);
  if (!untranslated.has(text.zh)) expect(chinese.test(text.zh), `${path}.zh`).toBe(true);
}

describe("every text of the survey", () => {
  const all = [
    ...textsOf(taxonomy, "taxonomy"),
    ...textsOf(combinations, "combinations"),
    ...textsOf(citations, "citations"),
  ];

  it("is not empty and has no space at its ends", () => {
    for (const [path, text] of all) expect(text.trim() !== "" && text.trim() === text, path).toBe(true);
  });
});

it("has full-width punctuation in Chinese", () => {
  for (const [path, text] of [...textsOf(taxonomy, "taxonomy"), ...textsOf(combinations, "combinations")]) {
    expect(text, path).not.toMatch(/\p{Script=Han}[,;:!?]|[,;:!?]\p{Script=Han}/u);
  }
});

describe("taxonomy", () => {
  it.each(surveyNodeIds)("%s stands after its parent, in its parent's branch", (id) => {
    const { parent } = taxonomy[id];
    if (parent === undefined) {
      expect(id).not.toContain("/");
      return;
    }
    expect(surveyNodeIds.indexOf(parent)).toBeGreaterThanOrEqual(0);
    expect(surveyNodeIds.indexOf(parent)).toBeLessThan(surveyNodeIds.indexOf(id));
    expect(pathTo(id)[0]).toBe(id.split("/")[0]);
  });

  it("has a title and a meaning in both languages, and no title twice", () => {
    for (const id of surveyNodeIds) {
      expectBothLanguages(taxonomy[id].title, id);
      expectBothLanguages(taxonomy[id].meaning, id);
    }
    for (const language of ["en", "zh"] as const) {
      const titles = surveyNodeIds.map((id) => taxonomy[id].title[language]);
      expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
    }
  });

  it("begins with the survey's parts", () => {
    expect(childrenOf(undefined)).toEqual(["compact", "pruning", "quantization", "distillation", "joint", "metrics"]);
  });

  it("is reached from the roots in whole", () => {
    const below = (id: (typeof surveyNodeIds)[number]): string[] => [id, ...childrenOf(id).flatMap(below)];
    expect(childrenOf(undefined).flatMap(below)).toEqual(surveyNodeIds);
  });

  it("names the path to a node", () => {
    expect(pathTo("pruning/weight")).toEqual([
      "pruning",
      "pruning/granularity",
      "pruning/unstructured",
      "pruning/weight",
    ]);
  });

  it("shows each of the Figures 1 to 12 somewhere", () => {
    const figures = new Set(surveyNodeIds.map((id) => taxonomy[id].figure));
    for (let figure = 1; figure <= 12; figure++) expect(figures.has(figure as 1), `figure ${figure}`).toBe(true);
  });
});

describe("combinations", () => {
  it.each(combinationIds)("%s names its table, its figure and its node", (id) => {
    const { table, figure, node, code } = combinations[id];
    expect({ pk: 1, qk: 2, pq: 3 }[id.slice(0, 2)]).toBe(table);
    expect(id).toBe(`${id.slice(0, 2)}-${code.toLowerCase().replace(/^([ac])-(?=\d$)/, "$1")}`);
    expect(taxonomy[node].figure ?? null).toBe(figure);
    const branch = pathTo(node).find((step) => taxonomy[step].table !== undefined);
    expect(branch && taxonomy[branch].table).toBe(table);
  });

  it("has its words in both languages", () => {
    for (const id of combinationIds) {
      const { name, meaning, teacher, student } = combinations[id];
      for (const text of [name, meaning, student, ...(teacher ? [teacher] : [])]) expectBothLanguages(text, id);
      expect(name.en.startsWith(combinations[id].code)).toBe(true);
      expect(name.zh.startsWith(combinations[id].code)).toBe(true);
    }
  });

  it("has a teacher exactly where there is distillation", () => {
    for (const id of combinationIds) expect(combinations[id].teacher === null, id).toBe(combinations[id].table === 3);
  });

  // The survey's Table 1 has 20 rows, Table 2 has 10, Table 3 has 10.
  it.each([
    [1, 20],
    [2, 10],
    [3, 10],
  ] as const)("covers every row of Table %i exactly once", (table, rows) => {
    const covered = combinationIds
      .filter((id) => combinations[id].table === table)
      .flatMap((id) => combinations[id].rows);
    expect(covered.toSorted((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i + 1));
  });

  it("prints a code exactly where a row has it, and defines every code but the four free cells", () => {
    for (const id of combinationIds)
      expect(combinations[id].printed !== null, id).toBe(combinations[id].rows.length > 0);
    expect(combinationIds.filter((id) => combinations[id].noted === null)).toEqual([
      "pq-a-1-1",
      "pq-b-1-1",
      "pq-b-2-2",
      "pq-b-2-3",
    ]);
  });
});

describe("citations", () => {
  it("lists each of the survey's 93 references once", () => {
    const numbers = citationKeys.flatMap((key) => citations[key].survey ?? []);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 93 }, (_, i) => i + 1));
    expect(citationOfReference(89)).toBe("deep-compression");
    expect(citationOfReference(94)).toBeUndefined();
  });

  it("has plausible years and identifiers", () => {
    for (const key of citationKeys) {
      const { year, arxiv, doi } = citations[key];
      expect(year, key).toBeGreaterThanOrEqual(1989);
      expect(year, key).toBeLessThanOrEqual(2024);
      if (arxiv !== undefined) {
        expect(arxiv, key).toMatch(/^\d{4}\.\d{4,5}$/);
        // A preprint is not younger than its publication: the first two digits are its year.
        expect(2000 + Number(arxiv.slice(0, 2)), key).toBeLessThanOrEqual(year);
      }
      if (doi !== undefined) expect(doi, key).toMatch(/^10\.\d{4,}\//);
    }
  });

  it("gives no identifier twice", () => {
    const identifiers = citationKeys.flatMap((key) => [citations[key].arxiv ?? [], citations[key].doi ?? []].flat());
    expect(identifiers.filter((id, i) => identifiers.indexOf(id) !== i)).toEqual([]);
  });
});
