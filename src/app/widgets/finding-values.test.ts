import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import type { FindingCode } from "../../engine/document/finding";
import { validate } from "../../engine/document/validate";
import type { tinyDocument } from "../../engine/document/tiny-document.testing";
import { curesOf } from "../edits/cures";
import { documentsWith } from "../edits/findings.testing";
import { findings as words } from "../i18n/catalogue/findings";
import { languages, startI18n } from "../i18n/i18n";
import { findingValues } from "./finding-values";

beforeAll(() => startI18n("en"));

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);
const codes = Object.keys(documentsWith) as FindingCode[];

describe.each(languages)("findings in %s", (language) => {
  it.each(codes)("%s: every value that its words name is known", (code) => {
    const t = i18next.getFixedT(language, "inspector");
    for (const document of documentsWith[code]) {
      const finding = validate(document).find((found) => found.code === code);
      expect(finding).toBeDefined();
      const values = findingValues(finding!, document, (said) => said[language], t);
      const wanted = [words[code][language], words[`${code}-cure`][language]].flatMap(placeholders);
      expect(Object.keys(values)).toEqual(expect.arrayContaining(wanted));
      for (const { key, values: numbers = {} } of curesOf(finding!, document)) {
        expect(Object.keys(numbers)).toEqual(placeholders(words[`do-${key}`][language]));
      }
    }
  });
});

describe("findingValues", () => {
  const say = (document: ReturnType<typeof tinyDocument>, code: FindingCode) => {
    const finding = validate(document).find((found) => found.code === code)!;
    const t = i18next.getFixedT("en", "inspector");
    const values = findingValues(finding, document, ({ en }) => en, t);
    const told = i18next.getFixedT("en", "findings");
    return `${told(code, values)} ${told(`${code}-cure`, values)}`;
  };

  it("clips by label and id, steps as numbers", () => {
    expect(say(documentsWith["prune-after-quantize"][0]!, "prune-after-quantize")).toContain("“Uniform k-bit (c0)”");
    expect(say(documentsWith.gap[1]!, "gap")).toContain("from step 9 to 20");
  });

  it("a parameter by its label, with what it is and what it may be", () => {
    expect(say(documentsWith["invalid-params"][0]!, "invalid-params")).toBe(
      "“Sparsity” has a value that it cannot have. " +
        "It is “1”; expected a fraction or a percentage, 0 to 0.999. Correct it, or reset it.",
    );
    expect(say(documentsWith["invalid-params"][2]!, "invalid-params")).toContain(
      "It is “sideways”; expected inside each layer, across the network.",
    );
    expect(say(documentsWith["invalid-params"][3]!, "invalid-params")).toContain("“sparcity”");
    expect(say(documentsWith["invalid-params"][4]!, "invalid-params")).toContain("a whole number, 1 to 64");
  });
});
