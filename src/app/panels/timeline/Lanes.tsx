/** The lanes with their clips, and what keys do on them. */
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { familyOf } from "../../../engine/blocks/block";
import type { TimelineDocument } from "../../../engine/document/document";
import type { Finding } from "../../../engine/document/finding";
import { validate } from "../../../engine/document/validate";
import { keyOf } from "../../actions/action";
import { clipActions, remove } from "../../actions/clip-actions";
import { gridOf } from "../../drag/snap";
import { useDragged } from "../../drag/use-drag";
import { clipOf } from "../../edits/clip-edits";
import { useLanguage } from "../../i18n/i18n";
import { useDocument, useStudio } from "../../stores/use-studio";
import { clipElementId, ClipView } from "./ClipView";
import { clipLabel, placeLabel } from "./clip-label";
import { findingText } from "./finding-text";
import { type Lane, lanesOf, lanesOfFamily, neighbourOf, readingOrder } from "./lane-order";

interface Props {
  /** As shown: with what is being dragged. */
  readonly document: TimelineDocument;
  readonly scale: number;
}

const noFindings: readonly Finding[] = [];

export function Lanes({ document, scale }: Props) {
  const { t } = useTranslation("timeline");
  const { t: common } = useTranslation("common");
  const { t: findingWords } = useTranslation("findings");
  const language = useLanguage();
  const selected = useDocument((state) => state.selected);
  const select = useDocument((state) => state.select);
  const dragged = useDragged();
  const lanes = useMemo(() => lanesOf(document.clips, scale), [document, scale]);
  const findings = useMemo(() => findingsByClip(document), [document]);
  const { reached, onFocus, onKey } = useClipKeys(lanes, scale);
  useSelectedInView(selected);
  const draggedLanes = dragged?.act === "add" ? lanesOfFamily(familyOf(dragged.block)) : undefined;
  return lanes.map(({ kind, clips, rows }) => (
    <div
      key={kind}
      className="timeline-lane"
      data-kind={kind}
      data-target={draggedLanes?.includes(kind) || undefined}
      role="group"
      aria-label={t("lane", { kind: common(kind) })}
    >
      <span className="timeline-lane-name small" aria-hidden="true">
        <span className="swatch" />
        {common(kind)}
      </span>
      {/* A press beside the clips selects none; Escape does the same by keyboard. */}
      <div
        className="timeline-track"
        style={{ height: `calc(${rows} * var(--row))` }}
        onClick={(event) => event.target === event.currentTarget && select(null)}
      >
        {clips.map(({ clip, row, height }) => {
          const { name, details } = clipLabel(clip, document, language, t);
          const found = findings.get(clip.id) ?? noFindings;
          const said = [
            [name, ...details, placeLabel(clip, t)].join(", "),
            ...found.map((finding) => findingText(finding, document, language, findingWords)),
          ];
          return (
            <ClipView
              key={clip.id}
              clip={clip}
              row={row}
              height={height}
              scale={scale}
              name={name}
              details={details.join(" · ")}
              fullName={said.join(language === "zh" ? "。" : ". ")}
              findings={found}
              selected={clip.id === selected}
              dragged={isDragged(dragged, clip.id, document)}
              reached={clip.id === reached}
              onSelect={select}
              onFocus={onFocus}
              onKey={onKey}
            />
          );
        })}
      </div>
    </div>
  ));
}

function findingsByClip(document: TimelineDocument): Map<string, Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of validate(document)) {
    if (finding.clipId === undefined) continue;
    const own = found.get(finding.clipId);
    if (own) own.push(finding);
    else found.set(finding.clipId, [finding]);
  }
  return found;
}

/** Of a method that is being added the draft's new clip is the last one. */
function isDragged(dragged: ReturnType<typeof useDragged>, id: string, document: TimelineDocument): boolean {
  if (!dragged) return false;
  if (dragged.act !== "add") return dragged.clip === id;
  const last = document.clips.at(-1);
  return last?.id === id && last.block === dragged.block;
}

function focusElement(id: string): boolean {
  const element = globalThis.document.getElementById(id);
  element?.focus();
  return element !== null;
}

const focusClip = (id: string | undefined): boolean => id !== undefined && focusElement(clipElementId(id));

/** Brings a clip that was selected elsewhere, or just added, into view. */
function useSelectedInView(selected: string | null): void {
  useEffect(() => {
    const element = selected === null ? null : globalThis.document.getElementById(clipElementId(selected));
    const scroller = element?.closest(".timeline-scroll");
    if (!element || !scroller) return;
    const clip = element.getBoundingClientRect();
    const view = scroller.getBoundingClientRect();
    const seen =
      clip.right > view.left &&
      clip.left < view.right &&
      clip.bottom <= Math.min(view.bottom, innerHeight) &&
      clip.top >= view.top;
    if (!seen) element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [selected]);
}

/** Keys on the clip that has the focus, and which one Tab reaches. */
function useClipKeys(lanes: readonly Lane[], scale: number) {
  const studio = useStudio();
  const selected = useDocument((state) => state.selected);
  const [focused, setFocused] = useState<string | null>(null);
  const order = useMemo(() => readingOrder(lanes), [lanes]);
  const reached = [focused, selected].find((id) => id !== null && order.includes(id)) ?? order[0];
  // The handler stays the same while clips move, so that a clip that does not move is not drawn again.
  const latest = useRef({ lanes, order, scale });
  useEffect(() => {
    latest.current = { lanes, order, scale };
  }, [lanes, order, scale]);

  const onKey = useCallback(
    (id: string, event: KeyboardEvent) => {
      // A sensor of drag and drop has taken it.
      if (event.defaultPrevented) return;
      const { lanes: all, order: ids, scale: now } = latest.current;
      const { document } = studio;
      const key = keyOf(event);
      const place = ids.indexOf(id);
      if (key === "ArrowDown") focusClip(ids[place + 1]);
      else if (key === "ArrowUp") focusClip(ids[place - 1]);
      else if (key === "Enter") {
        document.getState().select(id);
        // The inspector draws what was selected first.
        requestAnimationFrame(() => focusElement("inspector-title"));
      } else if (key === "Escape") document.getState().select(null);
      else {
        const action = clipActions.find(({ keys }) => keys.includes(key));
        if (!action) return;
        if (action.enabled(studio, id)) {
          if (action === remove && !focusClip(neighbourOf(all, id))) focusElement("timeline-title");
          const before = document.getState().document;
          action.perform(studio, id, gridOf(now));
          const added = document.getState().document.clips.find((clip) => !clipOf(before, clip.id));
          // It is not drawn yet.
          if (added) requestAnimationFrame(() => focusClip(added.id));
        }
      }
      event.preventDefault();
    },
    [studio],
  );
  return { reached, onFocus: setFocused, onKey };
}
