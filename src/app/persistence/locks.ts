/**
 * A document belongs to one tab at a time. Web Locks say so for certain; where there are none (a page without HTTPS), a
 * tab knows its own document by its session alone.
 */

export interface DocumentLocks {
  /** Whether a claim that succeeds means that no other tab has the document. */
  readonly certain: boolean;
  /**
   * @param patienceMs how long to wait for another holder, who may be a page that is just going away
   * @returns gives it back; null where another tab holds it
   */
  claim(id: string, patienceMs?: number): Promise<(() => void) | null>;
}

export const webLocks = (manager: LockManager): DocumentLocks => ({
  certain: true,
  claim: (id, patienceMs = 0) =>
    new Promise((resolve) => {
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        if (lock) return new Promise<void>((release) => resolve(release));
        resolve(null);
        return undefined;
      };
      const options: LockOptions = patienceMs > 0 ? { signal: AbortSignal.timeout(patienceMs) } : { ifAvailable: true };
      manager.request(`compression-studio:document:${id}`, options, hold).catch(() => resolve(null));
    }),
});

export const noLocks: DocumentLocks = { certain: false, claim: () => Promise.resolve(() => undefined) };

/** The id of the tab's document, over a reload. */
export interface TabSession {
  /** What the page before this one left, in this tab. */
  readonly documentId: string | null;
  /** The tab has this document now; said again when a page comes back out of the browser's cache. */
  hold(documentId: string): void;
  /** When the page goes away. */
  leave(): void;
}

/**
 * A duplicated tab copies its session. With certain locks the claim tells the two apart; without, the id is in the
 * session only while no page is there: it is taken out when a page comes, and put back when it goes.
 */
export function tabSession(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">, certain: boolean): TabSession {
  const key = "document";
  let held: string | null = null;
  const safely = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch {
      return null;
    }
  };
  const documentId = safely(() => storage.getItem(key));
  if (!certain) safely(() => storage.removeItem(key));
  return {
    documentId,
    hold(id) {
      held = id;
      safely(() => (certain ? storage.setItem(key, id) : storage.removeItem(key)));
    },
    leave: () => void safely(() => held !== null && storage.setItem(key, held)),
  };
}
