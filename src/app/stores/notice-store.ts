/** What happened that the person should know and no panel shows: said in a corner, and to a screen reader. */
import { createStore, type StoreApi } from "zustand/vanilla";
import { type EngineErrorData, toErrorData } from "../../engine/core/errors";
import type { Catalogue } from "../i18n/catalogue";

export type NoticeKey = keyof Catalogue["notices"];

export interface Notice {
  readonly id: number;
  readonly tone: "info" | "warning" | "error";
  readonly key: NoticeKey;
  readonly values?: Readonly<Record<string, string | number>>;
  /** What the engine said. */
  readonly error?: EngineErrorData;
}

export interface NoticeState {
  readonly notices: readonly Notice[];
  /** Read out by a screen reader, and seen nowhere. */
  readonly announcement: string;
  tell(notice: Omit<Notice, "id">): void;
  /** For whatever was thrown. */
  fail(key: NoticeKey, error: unknown): void;
  dismiss(id: number): void;
  announce(text: string): void;
}

export type NoticeStore = StoreApi<NoticeState>;

const most = 4;

export function createNoticeStore(): NoticeStore {
  let nextId = 0;
  return createStore<NoticeState>()((set, get) => ({
    notices: [],
    announcement: "",
    tell: (notice) =>
      set(({ notices }) => {
        const others = notices.filter(({ key, error }) => key !== notice.key || error?.code !== notice.error?.code);
        return { notices: [...others, { ...notice, id: nextId++ }].slice(-most) };
      }),
    fail: (key, error) => get().tell({ tone: "error", key, error: toErrorData(error) }),
    dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
    announce: (announcement) => set({ announcement }),
  }));
}
