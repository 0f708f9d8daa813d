/** One clip: a bar or a diamond that is dragged, stretched at its ends, and acted on by keys. */
import { type KeyboardEvent, memo } from "react";
import { useTranslation } from "react-i18next";
import { familyOf } from "../../../engine/blocks/block";
import { type Clip, clipEnd } from "../../../engine/document/document";
import type { Finding } from "../../../engine/document/finding";
import { metaOf } from "../../edits/clip-edits";
import { useDragHandle } from "../../drag/use-drag";
import { markOf } from "./finding-text";
import { extentOf } from "./geometry";

export const clipElementId = (id: string): string => `timeline-clip-${id}`;

interface Props {
  readonly clip: Clip;
  readonly row: number;
  /** In rows; 1 but for what lies across two lanes. */
  readonly height: number;
  readonly scale: number;
  readonly name: string;
  readonly details: string;
  /** All that can be said of it. */
  readonly fullName: string;
  readonly findings: readonly Finding[];
  readonly selected: boolean;
  readonly dragged: boolean;
  /** Of all clips one is reached by Tab; arrows lead to the others. */
  readonly reached: boolean;
  readonly onSelect: (id: string) => void;
  readonly onFocus: (id: string) => void;
  readonly onKey: (id: string, event: KeyboardEvent) => void;
}

export const ClipView = memo(function ClipView(props: Props) {
  const { clip, row, height, scale, name, details, fullName, findings, selected, dragged, reached } = props;
  const { onSelect, onFocus, onKey } = props;
  const { t } = useTranslation("findings");
  const grip = useDragHandle("move", clip.id);
  const instant = clip.steps === 0;
  const { from, to } = extentOf(clip, scale);
  const mark = markOf(findings);
  return (
    <div
      className="timeline-clip"
      data-kind={familyOf(clip.block)}
      data-shape={instant ? "instant" : "span"}
      data-selected={selected || undefined}
      data-dragged={dragged || undefined}
      data-across={height > 1 || undefined}
      style={{
        left: from,
        top: `calc(${row} * var(--row))`,
        width: to - from,
        ...(height > 1 ? { height: `calc(${height} * var(--row))` } : {}),
      }}
    >
      <button
        type="button"
        ref={grip}
        id={clipElementId(clip.id)}
        className="timeline-clip-body"
        aria-label={fullName}
        aria-pressed={selected}
        title={fullName}
        tabIndex={reached ? 0 : -1}
        onClick={() => onSelect(clip.id)}
        onFocus={() => onFocus(clip.id)}
        onKeyDown={(event) => onKey(clip.id, event)}
        // Space lifts; a browser that takes its release for a click would select as well.
        onKeyUp={(event) => event.key === " " && event.preventDefault()}
      >
        {instant && <span className="timeline-diamond" aria-hidden="true" />}
        {mark && (
          <span className="timeline-mark" data-severity={mark}>
            <span aria-hidden="true">{mark === "error" ? "✕" : "!"}</span>
            <span className="unseen">{t(mark)}</span>
          </span>
        )}
        <span className="timeline-clip-words">
          {name}
          {details && ` · ${details}`}
        </span>
      </button>
      {metaOf(clip)?.length !== "instant" && !instant && (
        <>
          <Edge clip={clip} act="start" />
          <Edge clip={clip} act="end" />
        </>
      )}
    </div>
  );
});

/** For pointers; keys stretch a clip by Shift and the arrows, and the inspector by numbers. */
function Edge({ clip, act }: { readonly clip: Clip; readonly act: "start" | "end" }) {
  const grip = useDragHandle(act, clip.id);
  return (
    <span
      ref={grip}
      className="timeline-edge"
      data-edge={act}
      data-step={act === "start" ? clip.start : clipEnd(clip)}
      aria-hidden="true"
    />
  );
}
