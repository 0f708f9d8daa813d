import { describe, expect, it } from "vitest";
import { parseDocument, type TimelineDocument } from "../../engine/document/document";
import {
  addClip,
  clipOf,
  duplicateClip,
  moveClip,
  removeClip,
  setParam,
  setTeacher,
  stretchEnd,
  stretchStart,
  usualSteps,
} from "./clip-edits";
import { emptyDocument } from "./default-document";
import { neighbourInstant, reorderInstant } from "./instant-order";

type RawClip = { id: string; block: string; start: number; steps: number };

const prune = (start: number, steps: number, id = "p"): RawClip => ({ id, block: "prune.magnitude", start, steps });
const round = (start: number, id = "q"): RawClip => ({ id, block: "quant.uniform-kbit", start, steps: 0 });
const distil = (start: number, steps: number): RawClip => ({ id: "k", block: "distill.kd-logits", start, steps });

const documentOf = (...clips: RawClip[]): TimelineDocument => parseDocument({ ...emptyDocument, clips });
const placeOf = (document: TimelineDocument, id: string) => {
  const clip = clipOf(document, id);
  return clip && [clip.start, clip.steps];
};

describe("addClip", () => {
  it("lays a span from 0 for the usual number of steps on an empty timeline", () => {
    const { document, id } = addClip(documentOf(), "prune.magnitude");
    expect(placeOf(document, id)).toEqual([0, usualSteps]);
  });
  it("begins where its lane ends, and ends with the timeline", () => {
    const { document, id } = addClip(documentOf(prune(0, 300), distil(0, 940)), "prune.filter-l1");
    expect(placeOf(document, id)).toEqual([300, 640]);
  });
  it("gives an instant no length, and a distiller the original as its teacher", () => {
    const instant = addClip(documentOf(distil(0, 940)), "quant.uniform-kbit", 200);
    expect(placeOf(instant.document, instant.id)).toEqual([200, 0]);
    const taught = addClip(documentOf(), "distill.kd-logits");
    expect(clipOf(taught.document, taught.id)?.teacher).toBe("original");
  });
  it("never begins before 0 nor leaves what a document may hold", () => {
    const early = addClip(documentOf(), "train.fine-tune", -50);
    expect(placeOf(early.document, early.id)).toEqual([0, usualSteps]);
    const late = addClip(documentOf(), "train.fine-tune", 999_900);
    expect(placeOf(late.document, late.id)).toEqual([999_900, 100]);
  });
  it("takes an id that no clip has", () => {
    const once = addClip(documentOf(), "prune.magnitude");
    const twice = addClip(once.document, "prune.magnitude");
    expect([once.id, twice.id]).toEqual(["prune-1", "prune-2"]);
  });
});

describe("moveClip", () => {
  it("keeps the length", () => expect(placeOf(moveClip("p", 120)(documentOf(prune(0, 500))), "p")).toEqual([120, 500]));
  it("stops at 0 and at the last step a document may have", () => {
    expect(placeOf(moveClip("p", -30)(documentOf(prune(10, 500))), "p")).toEqual([0, 500]);
    expect(placeOf(moveClip("p", 2_000_000)(documentOf(prune(10, 500))), "p")).toEqual([999_500, 500]);
  });
  it("takes whole steps", () => expect(placeOf(moveClip("p", 10.6)(documentOf(prune(0, 5))), "p")).toEqual([11, 5]));
  it("leaves the very same document where nothing moves", () => {
    const document = documentOf(prune(10, 500));
    expect(moveClip("p", 10)(document)).toBe(document);
    expect(moveClip("nobody", 10)(document)).toBe(document);
  });
});

describe("stretching", () => {
  it("moves the end and keeps the beginning", () =>
    expect(placeOf(stretchEnd("p", 450)(documentOf(prune(100, 500))), "p")).toEqual([100, 350]));
  it("moves the beginning and keeps the end", () =>
    expect(placeOf(stretchStart("p", 250)(documentOf(prune(100, 500))), "p")).toEqual([250, 350]));
  it("leaves one step of a method that needs time, and none of one that does not", () => {
    // A distiller is a span; magnitude pruning may be an instant.
    expect(placeOf(stretchEnd("k", 0)(documentOf(distil(100, 50))), "k")).toEqual([100, 1]);
    expect(placeOf(stretchStart("k", 999)(documentOf(distil(100, 50))), "k")).toEqual([149, 1]);
    expect(placeOf(stretchEnd("p", 0)(documentOf(prune(100, 50))), "p")).toEqual([100, 0]);
  });
  it("leaves an instant alone", () => {
    const document = documentOf(round(100));
    expect(stretchEnd("q", 300)(document)).toBe(document);
    expect(stretchStart("q", 0)(document)).toBe(document);
  });
});

describe("duplicateClip", () => {
  it("lays a span's copy where it ends, behind it in the document", () => {
    const { document, id } = duplicateClip(documentOf(prune(100, 50), round(7)), "p");
    expect(document.clips.map((clip) => clip.id)).toEqual(["p", id, "q"]);
    expect(placeOf(document, id)).toEqual([150, 50]);
  });
  it("lays an instant's copy at the same step", () => {
    const { document, id } = duplicateClip(documentOf(round(100)), "q");
    expect(placeOf(document, id)).toEqual([100, 0]);
  });
});

describe("other edits", () => {
  it("removes one clip", () =>
    expect(removeClip("p")(documentOf(prune(0, 5), round(5))).clips.map(({ id }) => id)).toEqual(["q"]));
  it("changes parameters and teachers even where the place stays", () => {
    const document = documentOf(prune(0, 5), distil(0, 5));
    expect(clipOf(setParam("p", "sparsity", 0.5)(document), "p")?.params).toEqual({ sparsity: 0.5 });
    expect(clipOf(setTeacher("k", "zoo:x")(document), "k")?.teacher).toBe("zoo:x");
  });
});

describe("instants of one step", () => {
  const document = documentOf(round(10, "a"), prune(0, 20), round(10, "b"), round(11, "c"));
  it("know who happens before and after them", () => {
    expect(neighbourInstant(document, "a", 1)?.id).toBe("b");
    expect(neighbourInstant(document, "b", 1)).toBeUndefined();
    expect(neighbourInstant(document, "p", 1)).toBeUndefined();
  });
  it("change places, and every other clip keeps its own", () => {
    expect(reorderInstant("b", -1)(document).clips.map(({ id }) => id)).toEqual(["b", "p", "a", "c"]);
    expect(reorderInstant("a", -1)(document)).toBe(document);
  });
});
