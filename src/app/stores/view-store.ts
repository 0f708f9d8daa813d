/** How the page looks to this person: kept as settings, never part of a document. */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { RequestedBackend } from "../../worker/protocol";
import type { Language } from "../i18n/i18n";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];
export const tabs = ["studio", "runs", "network"] as const;
export type Tab = (typeof tabs)[number];

/** What is kept over a reload. */
export interface Settings {
  readonly theme: Theme;
  readonly language: Language;
  readonly backend: RequestedBackend;
}

export interface ViewState extends Settings {
  readonly tab: Tab;
  /** Whether the palette is open, where it is a sheet over the page. */
  readonly paletteOpen: boolean;
  set(fields: Partial<Omit<ViewState, "set">>): void;
}

export type ViewStore = StoreApi<ViewState>;

export const createViewStore = (settings: Settings): ViewStore =>
  createStore<ViewState>()((set) => ({
    ...settings,
    tab: "studio",
    paletteOpen: false,
    set: (fields) => set(fields),
  }));
