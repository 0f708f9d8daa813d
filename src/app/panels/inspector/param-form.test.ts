/** A block with every kind of parameter, from a document through its checks into the form. */
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeEach, describe, expect, it } from "vitest";
import type { BlockMeta } from "../../../engine/blocks/block";
import {
  choice,
  layerPairs,
  layers,
  network,
  number,
  numbers,
  paramProblem,
  type ParamValue,
  parseParams,
  toggle,
} from "../../../engine/blocks/params";
import { parseDocument } from "../../../engine/document/document";
import type { EngineClient } from "../../../worker/protocol";
import { emptyDocument } from "../../edits/default-document";
import { startI18n } from "../../i18n/i18n";
import { createStudio } from "../../stores/studio";
import { StudioContext } from "../../stores/use-studio";
import { ParamForm } from "./ParamForm";

const meta: BlockMeta = {
  id: "quant.fixture",
  roles: ["quantize"],
  covers: ["quant.fixture"],
  survey: "quantization/uniform",
  citations: [],
  fidelity: "exact",
  length: "either",
  needs: { data: false, labels: false, batchNorm: false, teacher: false },
  traits: {},
  params: {
    wBits: number({ min: 2, max: 8, default: 4, integer: true, unit: "bits" }),
    way: choice(["one", "other"], "one"),
    fold: toggle(true, { idle: [{ when: "way", is: ["other"], why: "rule" }] }),
    shares: numbers({ min: 0, max: 1, default: [0.5, 1] }),
    widths: numbers({ min: 2, max: 8, integer: true, set: true, default: [4, 8] }),
    frozen: layers(),
    pairs: layerPairs(),
    from: network(["original", "zoo", "build"], "original"),
  },
  byLayer: { wBits: number({ min: 2, max: 8, default: 4, integer: true, unit: "bits" }) },
};

/** Answers nothing: what is drawn at first needs no answer. */
const silent = { on: () => () => undefined, call: () => new Promise(() => undefined), close: () => undefined };

function documentWith(params: Record<string, ParamValue>) {
  const clip = { id: "c", block: meta.id, start: 0, steps: 5, params, layers: { conv1: { wBits: 3 } } };
  // As it comes from a file.
  return parseDocument(JSON.parse(JSON.stringify({ ...emptyDocument, clips: [clip] })));
}

function formOf(params: Record<string, ParamValue>): string {
  const document = documentWith(params);
  const studio = createStudio({
    engine: silent as unknown as EngineClient,
    document,
    settings: { theme: "light", language: "en", backend: "auto" },
    now: () => 0,
    newId: () => "1",
  });
  const form = createElement(ParamForm, { clip: document.clips[0]!, meta });
  return renderToStaticMarkup(createElement(StudioContext.Provider, { value: studio }, form));
}

const given = {
  fold: false,
  shares: [0.25, 1],
  widths: [2, 3],
  frozen: ["conv1", "fc"],
  pairs: [["conv1", "conv3"]] as const,
  from: "build:cnn-m",
} satisfies Record<string, ParamValue>;

describe("a form", () => {
  beforeEach(() => startI18n("en"));

  it("holds what a document says, and the document is what the block gets", () => {
    const [clip] = documentWith(given).clips;
    expect(parseParams(meta.params, clip!.params)).toEqual({ wBits: 4, way: "one", ...given });
    const html = formOf(given);
    expect(html).toMatch(/<label[^>]*>fold<\/label>.*<input id="[^"]*" class="field-check" type="checkbox"\/>/);
    expect(html).toMatch(/class="field field-list"[^>]*value="0.25, 1"/);
    // Two of seven widths are ticked.
    expect([...html.matchAll(/<input type="checkbox" checked=""\/><span>(\d)<\/span>/g)].map(([, w]) => w)).toEqual([
      "2",
      "3",
    ]);
    expect(html).toContain('value="conv1, fc"');
    expect(html).toMatch(/aria-label="Layer of the student, pair 1"[^>]*value="conv1"/);
    expect(html).toMatch(/aria-label="Layer of the teacher, pair 1"[^>]*value="conv3"/);
    expect(html).toMatch(/<option value="build:cnn-m" selected="">cnn-m<\/option>/);
    expect(html).toContain("Bits by layer (1 set)");
  });

  it("offers to reset each that is not its default, in words of what it resets to", () => {
    const html = formOf(given);
    for (const words of ["fold to on", "shares to 0.5, 1", "widths to 4, 8", "frozen to none", "from to original"]) {
      expect(html).toContain(`aria-label="Reset ${words}"`);
    }
    expect(formOf({})).not.toContain('aria-label="Reset ');
  });

  it("says what is wrong of a value that cannot be, and why one makes no difference", () => {
    const wrong = { shares: [], frozen: ["a", "a"], from: "zoo:nothing" };
    for (const [name, value] of Object.entries({ shares: wrong.shares, frozen: wrong.frozen })) {
      expect(paramProblem(name, meta.params[name]!, value)).toBeDefined();
    }
    const html = formOf({ ...wrong, way: "other" });
    expect(html.match(/Expected a list of/g)).toHaveLength(2);
    expect(html).toContain("Expected one of the choices; got “zoo:nothing”");
    expect(html).toMatch(/<div class="field-frame" data-disabled="true"><div class="field-line"><label[^>]*>fold/);
    expect(html).toContain("Only the epsilon rule has it.");
  });

  it("is there in Chinese", () => {
    startI18n("zh");
    const html = formOf(given);
    expect(html).toContain("逐层位宽（已设 1 层）");
    expect(html).toContain('aria-label="第 1 对：学生层"');
    expect(html).toContain('aria-label="将fold重置为 开启"');
  });
});
