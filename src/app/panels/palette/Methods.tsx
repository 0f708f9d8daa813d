/** The list of methods: searched, grouped by family, walked through by arrow keys, dragged or pressed. */
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BlockMeta } from "../../../engine/blocks/block";
import { addBlock } from "../../actions/clip-actions";
import { useDragHandle } from "../../drag/use-drag";
import { blockName, wordsOfBlock } from "../../edits/clip-names";
import { useSay } from "../../i18n/i18n";
import { useStudio } from "../../stores/use-studio";
import { citationTag, groupMethods, methods, searchMethods } from "./method-search";

interface Props {
  /** Whether a method can be dragged from here to the timeline: not out of a sheet that covers it. */
  readonly draggable: boolean;
  readonly onAdded?: () => void;
}

/** Methods that can be reached now: not those in a family that is folded. */
const itemsIn = (list: HTMLElement | null): HTMLElement[] => [
  ...(list?.querySelectorAll<HTMLElement>("details[open] .palette-item") ?? []),
];

export function Methods({ draggable, onAdded }: Props) {
  const { t } = useTranslation("palette");
  const { t: common } = useTranslation("common");
  const [query, setQuery] = useState("");
  const [reached, setReached] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const found = searchMethods(query);
  const tabStop = found.some(({ id }) => id === reached) ? reached : (found[0]?.id ?? null);

  const onListKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || !(event.target instanceof HTMLElement)) return;
    const items = itemsIn(list.current);
    const place = items.indexOf(event.target);
    if (place < 0) return;
    const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (next < 0) field.current?.focus();
    else items[next]?.focus();
  };
  const clear = () => {
    setQuery("");
    field.current?.focus();
  };

  return (
    <>
      <input
        ref={field}
        type="search"
        className="field palette-search"
        placeholder={t("search", { count: methods.length })}
        aria-label={t("searchLabel")}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            itemsIn(list.current)[0]?.focus();
          }
          // The first Escape clears the search, the second closes the sheet.
          if (event.key === "Escape" && query !== "") {
            event.preventDefault();
            setQuery("");
          }
        }}
      />
      <p className="unseen" role="status">
        {query !== "" && (found.length === 1 ? t("foundOne") : t("found", { count: found.length }))}
      </p>
      {found.length === 0 && (
        <div className="palette-none">
          <p className="quiet">{t("none", { query })}</p>
          <button type="button" className="button" onClick={clear}>
            {t("clear")}
          </button>
        </div>
      )}
      <div className="palette-list" ref={list} onKeyDown={onListKey}>
        {groupMethods(found).map(({ kind, methods: own }) => (
          <details key={kind} className="palette-group" data-kind={kind} open>
            <summary className="panel-title">
              <span className="swatch" aria-hidden="true" />
              {common(kind)}
            </summary>
            <ul>
              {own.map((meta) => (
                <Item
                  key={meta.id}
                  meta={meta}
                  draggable={draggable}
                  tabStop={meta.id === tabStop}
                  onFocus={() => setReached(meta.id)}
                  onAdded={onAdded}
                />
              ))}
            </ul>
          </details>
        ))}
      </div>
      {found.length > 0 && draggable && <p className="palette-hint small quiet">{t("hint")}</p>}
    </>
  );
}

interface ItemProps {
  readonly meta: BlockMeta;
  readonly draggable: boolean;
  readonly tabStop: boolean;
  readonly onFocus: () => void;
  readonly onAdded: (() => void) | undefined;
}

function Item({ meta, draggable, tabStop, onFocus, onAdded }: ItemProps) {
  const { t } = useTranslation("palette");
  const say = useSay();
  const studio = useStudio();
  const grip = useDragHandle("add", meta.id, { disabled: !draggable });
  const words = wordsOfBlock(meta.id);
  const tag = citationTag(meta);
  return (
    <li>
      <button
        type="button"
        ref={grip}
        className="palette-item"
        title={words ? say(words.summary) : undefined}
        tabIndex={tabStop ? 0 : -1}
        onFocus={onFocus}
        onClick={() => {
          addBlock(studio, meta.id);
          onAdded?.();
        }}
        // Space lifts; a browser that takes its release for a click would add as well.
        onKeyUp={(event) => draggable && event.key === " " && event.preventDefault()}
      >
        <span className="palette-name">{say(blockName(meta.id))}</span>
        <span className="palette-tags small">
          {meta.fidelity !== "exact" && <span className="palette-fidelity">{t(`fidelity_${meta.fidelity}`)}</span>}
          <span>{tag}</span>
        </span>
      </button>
    </li>
  );
}
