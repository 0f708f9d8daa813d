/** Pages that come and go over one storage and one engine's stores, as the tabs of one browser do. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTiny } from "#engine/timeline/tiny.testing";
import type { TimelineDocument } from "../../engine/timeline/document";
import { memoryKeyValues } from "../../worker/key-values";
import { loopbackProcess } from "../../worker/loopback";
import { stateCache } from "../../worker/state-cache";
import { superviseEngine } from "../../worker/supervise";
import { tinyStudio, type TinyStudio } from "../../worker/tiny-studio.testing";
import { moveClip, setParam } from "../edits/clip-edits";
import { defaultDocument, emptyDocument } from "../edits/default-document";
import { rename } from "../edits/document-edits";
import type { Run } from "../stores/run-store";
import { createStudio, type Studio } from "../stores/studio";
import { type Keeping, keepStudio } from "./keep";
import { type DocumentLocks, tabSession } from "./locks";
import { linkTo } from "./share-link";
import { full, moodyStorage, type MoodyStorage, refused, tabLocks } from "./storage.testing";

let tiny: TinyStudio;
let storage: MoodyStorage;
let locks: DocumentLocks;
let cache: ReturnType<typeof stateCache>;
let pages: Page[];
let ids: number;
let now: number;

beforeAll(async () => {
  await startTiny();
  tiny = await tinyStudio();
});
beforeEach(() => {
  storage = moodyStorage();
  locks = tabLocks();
  pages = [];
  ids = 0;
  now = 1000;
  cache = stateCache(memoryKeyValues(), (error) => {
    throw error;
  });
});
afterEach(async () => {
  for (const page of pages) await page.close();
});

interface Page {
  readonly studio: Studio;
  readonly keeping: Keeping;
  /** The page goes, with its worker and its locks: what it began to write is written, and nothing after that. */
  close(): Promise<void>;
  readonly persistAsked: () => number;
}

/** A tab's session storage. */
const tab = () => {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
};

async function openPage(session = tab(), hash = "", document = defaultDocument): Promise<Page> {
  const deps = { ...tiny.deps, platform: { ...tiny.deps.platform, cache } };
  const engine = superviseEngine({ timers: tiny.timers, spawn: () => loopbackProcess(deps) });
  const newId = () => `id-${++ids}`;
  const settings = { theme: "system", language: "en", backend: "auto" } as const;
  const studio = createStudio({ engine, document, settings, now: () => ++now, newId });
  const own = new Set<() => void>();
  let asked = 0;
  let closed = false;
  const here = storage;
  const unlessClosed = (work: () => Promise<void>) => (closed ? Promise.resolve() : work());
  const keeping = await keepStudio(studio, {
    storage: {
      get: (store, key) => here.get(store, key),
      all: (store) => here.all(store),
      put: (store, key, value) => unlessClosed(() => here.put(store, key, value)),
      remove: (store, key) => unlessClosed(() => here.remove(store, key)),
    },
    session: tabSession(session, true),
    locks: {
      certain: true,
      async claim(id) {
        const release = await locks.claim(id);
        if (release) own.add(release);
        return release;
      },
    },
    after: (ms, callback) => tiny.timers.after(ms, callback),
    now: () => ++now,
    newId,
    hash,
    askToPersist: () => asked++,
  });
  const page: Page = {
    studio,
    keeping,
    persistAsked: () => asked,
    async close() {
      if (closed) return;
      keeping.leave();
      await settle();
      closed = true;
      engine.close();
      for (const release of own) release();
      await settle();
    },
  };
  pages.push(page);
  return page;
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};
/** Lets 300 ms pass, and what is done then be done. */
async function saved(): Promise<void> {
  await settle();
  tiny.timers.advance(300);
  await settle();
}
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

describe("runs", () => {
  const document = (steps: number): TimelineDocument =>
    tiny.document(
      [
        { block: "prune.magnitude", params: { sparsity: 0.6 } },
        { block: "train.fine-tune", steps },
      ],
      { evaluateEvery: 10 },
    );
  const current = ({ studio }: Page): Run => studio.runs.getState().current!;
  async function until(page: Page, wanted: (run: Run) => boolean): Promise<void> {
    for (let turn = 0; turn < 20_000; turn++) {
      const run = page.studio.runs.getState().current;
      if (run && wanted(run)) return;
      await new Promise((resolve) => setImmediate(resolve));
      tiny.timers.advance(5);
    }
    throw new Error(`expected the run to come so far, got ${JSON.stringify(current(page).phase)}`);
  }
  const facts = ({ points }: Run) => points.map(({ latencyMs: _, ...point }) => point);
  const begun = async (session = tab(), steps = 300): Promise<Page> => {
    const page = await openPage(session, "", document(steps));
    void page.studio.runs.getState().start(page.studio.document.getState().document);
    await until(page, (run) => (run.progress?.step ?? 0) > 0);
    return page;
  };

  it("in progress go on after a reload, and end as undisturbed ones do", async () => {
    const undisturbed = await openPage(tab(), "", document(60));
    await undisturbed.studio.runs.getState().start(document(60));
    const expected = current(undisturbed);
    await undisturbed.close();
    cache = stateCache(memoryKeyValues(), () => undefined);
    storage = moodyStorage();

    const session = tab();
    const first = await begun(session, 60);
    const { id, startedAt } = current(first);
    await first.close();
    const second = await openPage(session);
    expect(current(second)).toMatchObject({ id, startedAt });
    await until(second, ({ phase }) => phase === "done");
    expect(facts(current(second))).toEqual(facts(expected));
    expect(current(second).artefact!.sha256).toBe(expected.artefact!.sha256);
    // Step by step, over the reload: as many as an undisturbed run tells.
    expect(current(second).losses.rows.map(({ step }) => step)).toEqual(expected.losses.rows.map(({ step }) => step));
    await settle();
    expect(await storage.all("active")).toEqual([]);
  });

  it("that were paused come back paused", async () => {
    const session = tab();
    const first = await begun(session);
    first.studio.runs.getState().pause();
    await first.close();
    const second = await openPage(session);
    expect(current(second).phase).toBe("paused");
    second.studio.runs.getState().stop();
    await until(second, ({ phase }) => phase === "cancelled");
  });

  it("that were stopped do not come back", async () => {
    const session = tab();
    const first = await begun(session);
    first.studio.runs.getState().stop();
    await first.close();
    expect((await openPage(session)).studio.runs.getState().current?.phase ?? "none").not.toBe("waiting");
  });

  it("that got no further in two reloads wait for the person", async () => {
    const session = tab();
    await (await begun(session)).close();
    for (const _ of [1, 2]) {
      const page = await openPage(session);
      expect(current(page).phase).toBe("waiting");
      await page.close();
      await settle();
    }
    const asking = await openPage(session);
    expect(asking.studio.runs.getState().current).toBeNull();
    expect(asking.studio.keeping.getState().interrupted).toMatchObject({ document: document(300) });
    await asking.studio.keeping.getState().shelf.settleInterrupted(true);
    expect(current(asking).phase).toBe("waiting");
    expect(asking.studio.keeping.getState().interrupted).toBeNull();
    await until(asking, (run) => (run.progress?.step ?? 0) > 0);
  });

  it("that the person gives up are forgotten", async () => {
    const session = tab();
    await (await begun(session)).close();
    const [row] = await storage.all("active");
    await storage.put("active", row!.key, { ...(row!.value as object), attempts: 2 });
    const asking = await openPage(session);
    await asking.studio.keeping.getState().shelf.settleInterrupted(false);
    expect(await storage.all("active")).toEqual([]);
  });

  it("are resumed by the tab that holds their document, and by no other", async () => {
    const page = await begun();
    await saved();
    const other = await openPage();
    expect(notices(other)).toEqual(["workingOnCopy"]);
    expect(other.studio.runs.getState().current).toBeNull();
    page.studio.runs.getState().stop();
    await until(page, ({ phase }) => phase === "cancelled");
  });

  it("follow the tab to another document", async () => {
    const session = tab();
    const page = await begun(session);
    page.studio.keeping.getState().shelf.openNew(emptyDocument);
    await saved();
    await page.close();
    const again = await openPage(session);
    expect(again.studio.document.getState().document.clips).toEqual([]);
    expect(current(again).document).toEqual(document(300));
  });

  it("that are over come back with their file; removing one removes it for good", async () => {
    const session = tab();
    const first = await openPage(session, "", document(20));
    await first.studio.runs.getState().start(document(20));
    await saved();
    expect(first.persistAsked()).toBe(1);
    const { id, artefact, points } = current(first);
    await first.close();

    const second = await openPage(session);
    await settle();
    expect(current(second)).toMatchObject({ id, phase: "done", points });
    expect(current(second).artefact).toEqual(artefact);
    void second.studio.runs.getState().start(document(300));
    await until(second, (run) => (run.progress?.step ?? 0) > 0);
    expect(second.studio.runs.getState().earlier.map((run) => run.id)).toEqual([id]);
    second.studio.runs.getState().remove(id);
    second.studio.runs.getState().stop();
    await until(second, ({ phase }) => phase === "cancelled");
    await saved();
    expect((await storage.all("runs")).map(({ key }) => key)).not.toContain(id);
    expect((await storage.all("artefacts")).map(({ key }) => key)).not.toContain(id);
  });

  it("stay kept when another list takes the place of the page's", async () => {
    const page = await openPage(tab(), "", document(20));
    await page.studio.runs.getState().start(document(20));
    await saved();
    page.studio.runs.getState().adopt([], null);
    await saved();
    expect(await storage.all("runs")).toHaveLength(1);
  });

  it("are kept as they were when the timeline has changed since", async () => {
    const page = await openPage(tab(), "", document(20));
    const run = page.studio.runs.getState().start(document(20));
    page.studio.document.getState().edit(moveClip("c1", 5));
    page.studio.document.getState().edit(setParam("c1", "sparsity", 0.2));
    await run;
    await saved();
    await page.close();
    const again = await openPage();
    expect(current(again).document).toEqual(document(20));
  });
});
