/** What is kept of documents and settings, over pages that come and go. */
import { describe, expect, it } from "vitest";
import type { TinyStudio } from "../../worker/tiny-studio.testing";
import { defaultDocument, emptyDocument } from "../edits/default-document";
import { rename } from "../edits/document-edits";
import { type Browser, eachInBrowser, type Page, settle, tab } from "./browser.testing";
import { linkTo } from "./share-link";
import { full, type MoodyStorage, refused } from "./storage.testing";

let tiny: TinyStudio;
let browser: Browser;
let storage: MoodyStorage;

eachInBrowser((opened, studio) => {
  [browser, storage, tiny] = [opened, opened.storage, studio];
});

const openPage: Browser["open"] = (...page) => browser.open(...page);
const saved = () => browser.saved();
const edit = ({ studio }: Page, name: string) => studio.document.getState().edit(rename(name));
const nameOf = ({ studio }: Page) => studio.document.getState().document.name;
const notices = ({ studio }: Page) => studio.notices.getState().notices.map(({ key }) => key);
const stateOf = ({ studio }: Page) => studio.keeping.getState().state;
const keptNames = async () =>
  (await storage.all("documents")).map(({ value }) => (value as { document: { name: string } }).document.name).sort();

describe("the document", () => {
  it("comes back after a reload, as it was 300 ms after the last edit", async () => {
    const session = tab();
    const first = await openPage(session);
    expect(nameOf(first)).toBe(defaultDocument.name);
    expect(stateOf(first)).toBe("saved");
    edit(first, "mine");
    expect(stateOf(first)).toBe("saving");
    await saved();
    expect(stateOf(first)).toBe("saved");
    await first.close();
    const second = await openPage(session);
    expect(nameOf(second)).toBe("mine");
    expect(second.studio.document.getState().past).toEqual([]);
    expect(notices(second)).toEqual([]);
  });

  it("comes back when the page went before the 300 ms were over", async () => {
    const first = await openPage();
    edit(first, "in haste");
    await first.close();
    expect(nameOf(await openPage())).toBe("in haste");
  });

  it("is not kept for a visitor who changes nothing", async () => {
    await (await openPage()).close();
    await saved();
    expect(await keptNames()).toEqual([]);
  });

  it("is kept anew where another takes its place, and undo leads back to it under its own id", async () => {
    const page = await openPage();
    edit(page, "one");
    // Waits to be saved when the other comes.
    page.studio.keeping.getState().shelf.openNew({ ...emptyDocument, name: "two" });
    await saved();
    expect(await keptNames()).toEqual(["one", "two"]);
    const idOfTwo = page.studio.keeping.getState().documentId;
    page.studio.document.getState().undo();
    edit(page, "one again");
    await saved();
    expect(await keptNames()).toEqual(["one again", "two"]);
    expect(page.studio.keeping.getState().documentId).not.toBe(idOfTwo);
  });

  it("is opened, and removed, from the list of the kept", async () => {
    const page = await openPage();
    edit(page, "one");
    await saved();
    const { shelf, documentId } = page.studio.keeping.getState();
    shelf.openNew({ ...emptyDocument, name: "two" });
    await saved();
    await shelf.refresh();
    expect(page.studio.keeping.getState().documents.map(({ name }) => name)).toEqual(["two", "one"]);
    await shelf.open(documentId!);
    await saved();
    expect(nameOf(page)).toBe("one");
    const two = page.studio.keeping.getState().documents.find(({ name }) => name === "two")!;
    await shelf.remove(two.id);
    expect(await keptNames()).toEqual(["one"]);
    await expect(shelf.remove(documentId!)).rejects.toMatchObject({ code: "usage" });
  });

  it("is a shared object no more than once: the example twice is two documents", async () => {
    const page = await openPage();
    const { shelf } = page.studio.keeping.getState();
    shelf.openNew(emptyDocument);
    await saved();
    shelf.openNew(emptyDocument);
    await saved();
    expect(await storage.all("documents")).toHaveLength(2);
  });
});

describe("settings", () => {
  it("come back", async () => {
    const first = await openPage();
    first.studio.view.getState().set({ theme: "dark", language: "zh" });
    await settle();
    await first.close();
    expect((await openPage()).studio.view.getState()).toMatchObject({ theme: "dark", language: "zh", backend: "auto" });
  });
});

describe("two tabs", () => {
  it("do not overwrite each other: the second works on a copy", async () => {
    const first = await openPage();
    edit(first, "first");
    await saved();
    const second = await openPage();
    expect(nameOf(second)).toBe("first");
    expect(notices(second)).toEqual(["workingOnCopy"]);
    edit(second, "second");
    edit(first, "first again");
    await saved();
    expect(await keptNames()).toEqual(["first again", "second"]);
  });

  it("come back each to its own", async () => {
    const [a, b] = [tab(), tab()];
    const first = await openPage(a);
    edit(first, "first");
    await saved();
    const second = await openPage(b);
    edit(second, "second");
    await saved();
    await first.close();
    await second.close();
    expect(nameOf(await openPage(a))).toBe("first");
    expect(nameOf(await openPage(b))).toBe("second");
  });

  it("get a copy of what the other has open, also by undo", async () => {
    const first = await openPage();
    edit(first, "shared");
    await saved();
    const shared = first.studio.keeping.getState().documentId!;
    first.studio.keeping.getState().shelf.openNew({ ...emptyDocument, name: "other" });
    await saved();
    const second = await openPage();
    await second.studio.keeping.getState().shelf.open(shared);
    await saved();
    expect(second.studio.keeping.getState().documentId).toBe(shared);
    first.studio.document.getState().undo();
    await saved();
    expect(notices(first)).toEqual(["workingOnCopy"]);
    edit(first, "my copy");
    edit(second, "theirs");
    await saved();
    expect(await keptNames()).toEqual(["my copy", "other", "theirs"]);
  });
});

describe("a browser that keeps nothing", () => {
  it("is said once, and the next edit tries again", async () => {
    storage.mood = refused();
    const page = await openPage();
    expect(stateOf(page)).toBe("memory");
    expect(notices(page)).toEqual(["storageRefused"]);
    page.studio.notices.getState().dismiss(page.studio.notices.getState().notices[0]!.id);
    edit(page, "lost?");
    await saved();
    expect(stateOf(page)).toBe("memory");
    expect(notices(page)).toEqual([]);
    storage.mood = null;
    edit(page, "kept");
    await saved();
    expect(stateOf(page)).toBe("saved");
    expect(await keptNames()).toEqual(["kept"]);
  });

  it("is full: said, and the page goes on", async () => {
    const page = await openPage();
    storage.mood = full();
    edit(page, "a");
    await saved();
    edit(page, "b");
    await saved();
    expect(stateOf(page)).toBe("failed");
    expect(notices(page)).toEqual(["storageFull"]);
    expect(nameOf(page)).toBe("b");
  });

  it("does not answer: the page begins without it, and keeps its document under a new id", async () => {
    const kept = await openPage();
    edit(kept, "kept");
    await saved();
    await kept.close();
    const { all } = storage;
    let answer: (() => void) | undefined;
    storage.all = async (store) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return all(store);
    };
    const opening = openPage();
    await settle();
    tiny.timers.advance(1500);
    const page = await opening;
    expect(nameOf(page)).toBe(defaultDocument.name);
    expect(notices(page)).toEqual(["storageRefused"]);
    storage.all = all;
    answer?.();
    edit(page, "new");
    await saved();
    expect(await keptNames()).toEqual(["kept", "new"]);
  });
});

describe("damaged records", () => {
  it("are said, listed, and left as they are", async () => {
    const damaged = { document: { version: 7 }, savedAt: 5000, runId: null };
    await storage.put("documents", "bad", damaged);
    await storage.put("runs", "bad", { run: 1 });
    const page = await openPage();
    expect(nameOf(page)).toBe(defaultDocument.name);
    expect(notices(page)).toEqual(["documentsDamaged", "runsDamaged"]);
    expect(page.studio.keeping.getState().documents).toMatchObject([{ id: "bad", problem: { code: "newer-version" } }]);
    await page.studio.keeping.getState().shelf.open("bad");
    expect(notices(page)).toContain("documentUnreadable");
    expect(await storage.get("documents", "bad")).toEqual(damaged);
    expect(await storage.get("runs", "bad")).toEqual({ run: 1 });
  });
});

describe("a link", () => {
  const linked = { ...emptyDocument, name: "linked" };
  const hash = new URL(linkTo(linked, "http://host/")).hash;

  it("opens its document under an id of its own and shows it", async () => {
    const first = await openPage();
    edit(first, "mine");
    await saved();
    await first.close();
    const page = await openPage(tab(), hash);
    expect(nameOf(page)).toBe("linked");
    expect(page.studio.files.getState().found).toMatchObject([{ kind: "link", document: linked }]);
    await saved();
    expect(await keptNames()).toEqual(["linked", "mine"]);
  });

  it("is followed by a page that is open, which keeps what it had", async () => {
    const page = await openPage();
    edit(page, "mine");
    expect(page.keeping.followLink("#elsewhere")).toBe(false);
    expect(page.keeping.followLink(hash)).toBe(true);
    await saved();
    expect(nameOf(page)).toBe("linked");
    expect(await keptNames()).toEqual(["linked", "mine"]);
  });

  it("that is broken is said, and the page goes on with what was kept", async () => {
    const first = await openPage();
    edit(first, "mine");
    await saved();
    await first.close();
    const page = await openPage(tab(), "#p=1.broken!");
    expect(nameOf(page)).toBe("mine");
    expect(notices(page)).toEqual(["linkBroken"]);
    expect(page.studio.files.getState().found).toEqual([]);
  });
});
