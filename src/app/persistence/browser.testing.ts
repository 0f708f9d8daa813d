/** For tests only: pages that come and go over one storage and one engine's stores, as the tabs of one browser do. */
import { afterEach, beforeAll, beforeEach } from "vitest";
import { startTiny } from "#engine/run/tiny.testing";
import type { TimelineDocument } from "../../engine/document/document";
import { memoryKeyValues } from "../../worker/key-values";
import { loopbackProcess } from "../../worker/loopback";
import { stateCache } from "../../worker/state-cache";
import { superviseEngine } from "../../worker/supervise";
import { tinyStudio, type TinyStudio } from "../../worker/tiny-studio.testing";
import { defaultDocument } from "../edits/default-document";
import { createStudio, type Studio } from "../stores/studio";
import { type Keeping, keepStudio } from "./keep";
import { tabSession } from "./locks";
import { moodyStorage, tabLocks } from "./storage.testing";

export interface Page {
  readonly studio: Studio;
  readonly keeping: Keeping;
  /** The page goes, with its worker and its locks: what it began to write is written, and nothing after that. */
  close(): Promise<void>;
  readonly persistAsked: () => number;
}

/** A tab's session storage. */
export const tab = () => {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
};

/** A profile of a browser: what its tabs share. */
export class Browser {
  storage = moodyStorage();
  readonly #locks = tabLocks();
  #cache = newCache();
  readonly #pages: Page[] = [];
  #ids = 0;
  #now = 1000;

  constructor(private readonly tiny: TinyStudio) {}

  /** As if nothing had ever been kept or computed. */
  forgetAll(): void {
    this.storage = moodyStorage();
    this.#cache = newCache();
  }

  async close(): Promise<void> {
    for (const page of this.#pages) await page.close();
  }

  async open(session = tab(), hash = "", document: TimelineDocument = defaultDocument): Promise<Page> {
    const { tiny, storage } = this;
    const deps = { ...tiny.deps, platform: { ...tiny.deps.platform, cache: this.#cache } };
    const engine = superviseEngine({ timers: tiny.timers, spawn: () => loopbackProcess(deps) });
    const newId = () => `id-${++this.#ids}`;
    const now = () => ++this.#now;
    const settings = { theme: "system", language: "en", backend: "auto" } as const;
    const studio = createStudio({ engine, document, settings, now, newId });
    const own = new Set<() => void>();
    let asked = 0;
    let closed = false;
    const unlessClosed = (work: () => Promise<void>) => (closed ? Promise.resolve() : work());
    const keeping = await keepStudio(studio, {
      storage: {
        get: (store, key) => storage.get(store, key),
        all: (store) => storage.all(store),
        put: (store, key, value) => unlessClosed(() => storage.put(store, key, value)),
        remove: (store, key) => unlessClosed(() => storage.remove(store, key)),
      },
      session: tabSession(session, true),
      locks: {
        certain: true,
        claim: async (id) => {
          const release = await this.#locks.claim(id);
          if (release) own.add(release);
          return release;
        },
      },
      after: (ms, callback) => tiny.timers.after(ms, callback),
      now,
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
    this.#pages.push(page);
    return page;
  }

  /** Lets 300 ms pass, and what is done then be done. */
  async saved(): Promise<void> {
    await settle();
    this.tiny.timers.advance(300);
    await settle();
  }
}

const newCache = () =>
  stateCache(memoryKeyValues(), (error) => {
    throw error;
  });

export const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** For each test of a file a browser of its own, closed after it. */
export function eachInBrowser(take: (browser: Browser, tiny: TinyStudio) => void): void {
  let tiny: TinyStudio;
  let browser: Browser;
  beforeAll(async () => {
    await startTiny();
    tiny = await tinyStudio();
  }, 60_000);
  beforeEach(() => {
    browser = new Browser(tiny);
    take(browser, tiny);
  });
  afterEach(() => browser.close());
}
