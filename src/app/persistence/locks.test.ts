import { describe, expect, it } from "vitest";
import { defaultDocument } from "../edits/default-document";
import { type DocumentLocks, noLocks, tabSession } from "./locks";
import { openFirst } from "./opening";
import { tabLocks } from "./storage.testing";

const record = (id: string, savedAt: number) => ({ id, document: defaultDocument, savedAt, runId: null });
/** Latest first. */
const records = [record("new", 2), record("old", 1)];
const newId = () => "fresh-id";
const open = (documentId: string | null, locks: DocumentLocks, kept = records) =>
  openFirst(kept, { documentId }, locks, newId);

describe("the document that a tab begins with", () => {
  it("is the latest in a new tab", async () => {
    expect(await open(null, tabLocks())).toMatchObject({ id: "new", as: "own" });
  });
  it("is the tab's own after a reload", async () => {
    expect(await open("old", tabLocks())).toMatchObject({ id: "old", as: "own" });
  });
  it("is the latest where the tab's own is not kept", async () => {
    expect(await open("gone", tabLocks())).toMatchObject({ id: "new", as: "own" });
  });
  it("is a copy of the latest where another tab has it", async () => {
    const locks = tabLocks();
    await locks.claim("new");
    expect(await open(null, locks)).toMatchObject({ id: "fresh-id", as: "copy", record: { id: "new" } });
  });
  it("is a copy in a duplicated tab, whose session names the document of the other", async () => {
    const locks = tabLocks();
    await locks.claim("old");
    expect(await open("old", locks)).toMatchObject({ id: "fresh-id", as: "copy", record: { id: "old" } });
  });
  it("is free again when the tab that had it goes", async () => {
    const locks = tabLocks();
    (await open(null, locks)).release();
    expect(await open(null, locks)).toMatchObject({ id: "new", as: "own" });
  });
  it("has an id of its own where nothing is kept", async () => {
    expect(await open(null, tabLocks(), [])).toMatchObject({ id: "fresh-id", as: "fresh", record: null });
  });
  it("has an id of its own in a new tab that cannot know of others", async () => {
    expect(await open(null, noLocks)).toMatchObject({ id: "fresh-id", as: "fresh", record: { id: "new" } });
  });
  it("is the tab's own after a reload, without locks too", async () => {
    expect(await open("old", noLocks)).toMatchObject({ id: "old", as: "own" });
  });
});

/** A session storage; `copy` is what a duplicated tab gets. */
function session(entries: readonly (readonly [string, string])[] = []) {
  const map = new Map(entries);
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
    copy: () => session([...map]),
  };
}

describe("a tab's session without locks", () => {
  it("gives the id back after a reload", () => {
    const storage = session();
    const before = tabSession(storage, false);
    before.hold("a");
    before.leave();
    expect(tabSession(storage, false).documentId).toBe("a");
  });
  it("gives a duplicated tab none, as the page that has it is still there", () => {
    const storage = session();
    const original = tabSession(storage, false);
    original.hold("a");
    expect(tabSession(storage.copy(), false).documentId).toBeNull();
  });
  it("gives it to no duplicate of a page that came back out of the browser's cache", () => {
    const storage = session();
    const page = tabSession(storage, false);
    page.hold("a");
    page.leave();
    page.hold("a");
    expect(tabSession(storage.copy(), false).documentId).toBeNull();
  });
  it("does without a storage that is forbidden", () => {
    const forbidden = () => {
      throw new Error("forbidden");
    };
    const page = tabSession({ getItem: forbidden, setItem: forbidden, removeItem: forbidden }, false);
    expect(page.documentId).toBeNull();
    page.hold("a");
    page.leave();
  });
});

describe("a tab's session with locks", () => {
  it("has the id at once: a page that crashes comes back to it", () => {
    const storage = session();
    tabSession(storage, true).hold("a");
    expect(tabSession(storage, true).documentId).toBe("a");
  });
});
