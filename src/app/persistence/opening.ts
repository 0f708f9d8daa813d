/** With which of the kept documents a tab begins: its own, the latest, or a copy of one that another tab holds. */
import type { DocumentRecord } from "./records";
import type { DocumentLocks, TabSession } from "./locks";

export interface Opening {
  /** Under which the tab keeps what it does. */
  readonly id: string;
  /** Null where nothing is kept. */
  readonly record: DocumentRecord | null;
  /** `copy`: under an id of its own; another tab holds the record. `fresh`: it may, and there is no way to know. */
  readonly as: "own" | "copy" | "fresh";
  readonly release: () => void;
}

/** A page that is just going away holds its lock for some milliseconds more. */
const ownPatienceMs = 400;

/** @param records latest first */
export async function openFirst(
  records: readonly DocumentRecord[],
  session: Pick<TabSession, "documentId">,
  locks: DocumentLocks,
  newId: () => string,
): Promise<Opening> {
  const own = records.find(({ id }) => id === session.documentId);
  const record = own ?? records[0] ?? null;
  const underNewId = async (as: "copy" | "fresh"): Promise<Opening> => {
    const id = newId();
    return { id, record, as, release: (await locks.claim(id)) ?? (() => undefined) };
  };
  if (!record || (!locks.certain && !own)) return underNewId("fresh");
  const release = await locks.claim(record.id, own ? ownPatienceMs : 0);
  return release ? { id: record.id, record, as: "own", release } : underNewId("copy");
}
