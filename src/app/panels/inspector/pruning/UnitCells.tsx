/** The units of a group as a list of little cells; choosing one keeps it, or gives it up again. */
import { type CSSProperties, type KeyboardEvent, memo, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DecisionPreview } from "../../../../worker/protocol";
import { formatNumber } from "../../../i18n/format";
import { mostCells, placeAfter, shownUnits } from "./unit-cells";

type Group = Extract<DecisionPreview, { state: "decided" }>["groups"][number];

interface Props {
  readonly group: Group;
  readonly going: ReadonlySet<number>;
  readonly kept: readonly number[] | undefined;
  onKeep(group: string, unit: number, kept: boolean): void;
}

export const UnitCells = memo(function UnitCells({ group, going, kept, onKeep }: Props) {
  const { t } = useTranslation("pruning");
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const { scores } = group;
  const units = useMemo(() => shownUnits(scores, group.going.length), [scores, group.going]);
  const highest = useMemo(() => scores.reduce((most, score) => Math.max(most, score), 0) || 1, [scores]);
  const vetoed = useMemo(() => new Set(kept), [kept]);
  const place = Math.min(at, units.length - 1);
  const toggle = (unit: number) => onKeep(group.id, unit, !vetoed.has(unit));
  const onKeyDown = (event: KeyboardEvent) => {
    const columns = columnsOf(list.current);
    const next = placeAfter(event.key, place, units.length, columns);
    if (next !== undefined) setAt(next);
    else if (event.key === "Enter" || event.key === " ") toggle(units[place]!);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div
        ref={list}
        className="prune-cells"
        role="listbox"
        aria-multiselectable
        tabIndex={0}
        aria-label={t("cells", { group: group.producers.join(" + ") })}
        aria-activedescendant={`${id}-${units[place]}`}
        onKeyDown={onKeyDown}
      >
        {units.map((unit, n) => {
          const state = vetoed.has(unit) ? "kept" : going.has(unit) ? "goes" : "stays";
          const score = formatNumber(scores[unit]!, { maximumSignificantDigits: 3 });
          const words = t("cell", { unit, score, state: t(`state_${state}`) });
          return (
            <span
              key={unit}
              id={`${id}-${unit}`}
              className="prune-cell"
              role="option"
              aria-selected={state === "kept"}
              aria-label={words}
              title={words}
              data-state={state}
              data-active={n === place}
              style={{ "--size": `${Math.round((100 * scores[unit]!) / highest)}%` } as CSSProperties}
              onClick={() => {
                setAt(n);
                toggle(unit);
              }}
            />
          );
        })}
      </div>
      {units.length < scores.length && <p className="small quiet">{t("groupLowest", { shown: mostCells })}</p>}
    </>
  );
});

/** Cells that lie beside each other in the first row. */
function columnsOf(list: HTMLElement | null): number {
  const cells = [...(list?.children ?? [])] as HTMLElement[];
  const top = cells[0]?.offsetTop;
  const next = cells.findIndex((cell) => cell.offsetTop !== top);
  return next < 0 ? Math.max(1, cells.length) : next;
}
