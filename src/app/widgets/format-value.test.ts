import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { catalog } from "../../engine/blocks/catalog";
import { number, type NumberParam, type Param } from "../../engine/blocks/params";
import { startI18n } from "../i18n/i18n";
import { fieldText, formatValue, plainNumber, rangeText } from "./format-value";
import { parseNumber } from "./parse-number";

beforeAll(() => startI18n("en"));

const param = (unit: NumberParam["unit"], more: Partial<NumberParam> = {}) =>
  number({ min: 0, max: 5000, default: 1, unit, ...more });

describe("formatValue", () => {
  it.each([
    [0.9, param("fraction"), "0.90 (90 %)", "0.90 (90 %)"],
    [0.9999, param("fraction"), "0.9999 (99.99 %)", "0.9999 (99.99 %)"],
    [4, param("bits"), "4 bits", "4 位"],
    [32, param("bits", { off: 32 }), "off", "关闭"],
    [1500, param("steps"), "1,500 steps", "1,500 步"],
    [10, param("rounds"), "10 rounds", "10 轮"],
    [512, param("images"), "512 images", "512 张"],
    [99.99, param("percentile"), "99.99 %", "99.99 %"],
    [0.000001, param("rate"), "0.000001", "0.000001"],
    [4.5, param("temperature"), "4.5", "4.5"],
    [7, param("none"), "7", "7"],
  ])("%d in %o", (value, of, en, zh) => {
    expect(formatValue(value, of, i18next.getFixedT("en", "inspector"))).toBe(en);
    expect(formatValue(value, of, i18next.getFixedT("zh", "inspector"))).toBe(zh);
  });
});

describe("rangeText", () => {
  it("says what kind of number, and how far it goes", () => {
    const t = i18next.getFixedT("en", "inspector");
    expect(rangeText(param("fraction", { max: 0.999 }), t)).toBe("a fraction or a percentage, 0 to 0.999");
    expect(rangeText(param("rate", { min: 1e-6, max: 1 }), t)).toBe("a rate, 0.000001 to 1");
    expect(rangeText(param("none", { min: 1, max: 64 }), t)).toBe("1 to 64");
  });
});

describe("plainNumber", () => {
  it.each([
    [1e-7, "0.0000001"],
    [2.5e-7, "0.00000025"],
    [0.9, "0.9"],
    [100, "100"],
  ])("%d: %s", (value, text) => expect(plainNumber(value)).toBe(text));
});

describe("fieldText", () => {
  it.each([
    [0.9, "fraction", "0.90"],
    [0.999, "fraction", "0.999"],
    [4294967295, "none", "4294967295"],
    [1e-7, "rate", "1e-7"],
  ] as const)("%d as a %s: %s", (value, unit, text) => expect(fieldText(value, unit)).toBe(text));

  const numbers = catalog.flatMap((meta) =>
    Object.values<Param>(meta.params).filter((each): each is NumberParam => each.type === "number"),
  );
  it("what is written can be typed back", () => {
    for (const each of numbers) {
      for (const value of [each.min, each.default, each.max]) {
        expect(parseNumber(fieldText(value, each.unit), each)).toEqual({ value });
      }
    }
  });
});
