import { describe, expect, it } from "vitest";
import { parseDocument } from "../../engine/document/document";
import { emptyDocument } from "./default-document";
import { clearLayerRatios, keepUnit, setLayerRatios } from "./layer-edits";

const plain = parseDocument({
  ...emptyDocument,
  clips: [
    { id: "p", block: "prune.filter-l1", start: 0, steps: 0 },
    { id: "q", block: "prune.filter-l1", start: 0, steps: 0, layers: { conv1: { keep: [9] } } },
  ],
});
const layersOf = (document: typeof plain) => document.clips.map(({ layers }) => layers);

describe("keeping units", () => {
  it("is of one clip and one layer, in order, each once", () => {
    const twice = [5, 2, 5].reduce((document, unit) => keepUnit("p", "conv1", unit, true)(document), plain);
    expect(layersOf(twice)).toEqual([{ conv1: { keep: [2, 5] } }, { conv1: { keep: [9] } }]);
  });
  it("given up, leaves nothing behind", () => {
    const kept = keepUnit("p", "conv1", 3, true)(plain);
    expect(keepUnit("p", "conv1", 3, false)(kept)).toEqual(plain);
  });
});

describe("ratios of layers", () => {
  it("are written at once, and what is kept stays kept", () => {
    const kept = keepUnit("p", "conv1", 3, true)(plain);
    const set = setLayerRatios(
      "p",
      new Map([
        ["conv1", 0.3],
        ["conv2", 0.6],
      ]),
    )(kept);
    expect(layersOf(set)[0]).toEqual({ conv1: { keep: [3], sparsity: 0.3 }, conv2: { sparsity: 0.6 } });
    expect(layersOf(setLayerRatios("p", new Map([["conv2", 0.1]]))(set))[0]).toEqual({
      conv1: { keep: [3] },
      conv2: { sparsity: 0.1 },
    });
    expect(clearLayerRatios("p")(set)).toEqual(kept);
  });
  it("give a document that can be read", () => {
    const set = setLayerRatios("p", new Map([["conv1", 0.9]]))(plain);
    expect(parseDocument(JSON.parse(JSON.stringify(set)))).toEqual(set);
  });
});
