import { beforeEach, describe, expect, it } from "vitest";
import { moveClip, removeClip, setParam } from "../edits/clip-edits";
import { defaultDocument, emptyDocument } from "../edits/default-document";
import { createDocumentStore, type DocumentStore, shownDocument } from "./document-store";

let store: DocumentStore;
beforeEach(() => (store = createDocumentStore(defaultDocument)));

const state = () => store.getState();
const startOf = (id: string) => state().document.clips.find((clip) => clip.id === id)?.start;

describe("undo", () => {
  it("goes back and forth over edits", () => {
    state().edit(moveClip("prune", 20));
    state().edit(removeClip("distil"));
    expect(state().document.clips).toHaveLength(2);
    state().undo();
    expect(state().document.clips).toHaveLength(3);
    state().undo();
    expect(state().document).toBe(defaultDocument);
    state().undo();
    expect(state().document).toBe(defaultDocument);
    state().redo();
    expect(startOf("prune")).toBe(20);
  });

  it("takes edits in a row with one name as one step", () => {
    for (const sparsity of [0.5, 0.6, 0.7]) state().edit(setParam("prune", "sparsity", sparsity), "sparsity");
    state().edit(setParam("prune", "sparsity", 0.8));
    expect(state().past).toHaveLength(2);
    state().undo();
    expect(state().document.clips[0]!.params["sparsity"]).toBe(0.7);
    state().undo();
    expect(state().document).toBe(defaultDocument);
  });

  it("forgets the way forth at a new edit, and keeps 200 steps of the way back", () => {
    state().edit(moveClip("prune", 20));
    state().undo();
    state().edit(moveClip("prune", 30));
    expect(state().future).toEqual([]);
    for (let start = 0; start < 300; start++) state().edit(moveClip("prune", start));
    expect(state().past).toHaveLength(200);
  });

  it("does not count an edit that changes nothing", () => {
    state().edit((document) => document);
    expect(state().past).toEqual([]);
  });

  it("gets back a document that another one replaced", () => {
    state().open(emptyDocument);
    expect(state().document.clips).toEqual([]);
    state().undo();
    expect(state().document).toBe(defaultDocument);
  });
});

describe("a draft", () => {
  it("is shown, and becomes the document as one step", () => {
    state().preview(moveClip("prune", 10));
    state().preview(moveClip("prune", 40));
    expect(startOf("prune")).toBe(0);
    expect(shownDocument(state()).clips[0]!.start).toBe(40);
    state().commit();
    expect(startOf("prune")).toBe(40);
    expect(state().past).toHaveLength(1);
    expect(state().draft).toBeNull();
  });

  it("leaves nothing behind when it is given up", () => {
    state().preview(removeClip("prune"));
    state().preview(null);
    expect(shownDocument(state())).toBe(defaultDocument);
    expect(state().past).toEqual([]);
  });
});

describe("the selection", () => {
  it("goes with its clip, and comes not back by itself", () => {
    state().select("prune");
    state().edit(removeClip("prune"));
    expect(state().selected).toBeNull();
    state().undo();
    expect(state().selected).toBeNull();
  });

  it("stays over edits of other clips", () => {
    state().select("prune");
    state().edit(removeClip("distil"));
    expect(state().selected).toBe("prune");
  });
});
