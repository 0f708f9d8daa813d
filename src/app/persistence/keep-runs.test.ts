/** What is kept of runs, going on and over, over pages that come and go. */
import { describe, expect, it } from "vitest";
import type { TimelineDocument } from "../../engine/document/document";
import type { TinyStudio } from "../../worker/tiny-studio.testing";
import { moveClip, setParam } from "../edits/clip-edits";
import { emptyDocument } from "../edits/default-document";
import type { Run } from "../stores/run-store";
import { type Browser, eachInBrowser, type Page, settle, tab } from "./browser.testing";
import type { MoodyStorage } from "./storage.testing";

let tiny: TinyStudio;
let browser: Browser;
let storage: MoodyStorage;

eachInBrowser((opened, studio) => {
  [browser, storage, tiny] = [opened, opened.storage, studio];
});

const openPage: Browser["open"] = (...page) => browser.open(...page);
const saved = () => browser.saved();
const notices = ({ studio }: Page) => studio.notices.getState().notices.map(({ key }) => key);

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
    browser.forgetAll();
    ({ storage } = browser);

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
