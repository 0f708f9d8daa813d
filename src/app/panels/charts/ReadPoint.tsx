/** Reading the points of the picture: a slider over them for keys and screen readers, and all figures beside the one that is read. */
import { useToPlace } from "../../charts/use-to-place";
import { type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject, useMemo } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { usePlotArea } from "recharts";
import { useStore } from "zustand";
import { scoreOf } from "../../../engine/tasks/metrics/scores";
import { useMetric } from "../../charts/use-metric";
import { formatBytes, formatNumber, formatRatio } from "../../i18n/format";
import { formatScore } from "../../i18n/format-metric";
import { PointFigures } from "./PointFigures";
import { nearest, placeAfter, type PointReader, type Target } from "./point-reader";

interface SliderProps {
  readonly reader: PointReader;
  readonly targets: readonly Target[];
  readonly children: ReactNode;
}

export function PointSlider({ reader, targets, children }: SliderProps) {
  const { t } = useTranslation("charts");
  const { label, name: metric } = useMetric();
  const at = useStore(reader, (state) => state.at);
  const count = targets.length;
  const target = targets[Math.min(at ?? count - 1, count - 1)];
  if (!target) {
    return (
      <div className="charts-picture" role="img" aria-label={`${t("scoreTitle", { metric: label })}: ${t("noPoints")}`}>
        {children}
      </div>
    );
  }
  const { point, name } = target;
  const onKeyDown = (event: KeyboardEvent) => {
    const to = event.ctrlKey || event.metaKey || event.altKey ? undefined : placeAfter(event.key, at, count);
    if (to === undefined) return;
    event.preventDefault();
    reader.setState({ at: to });
  };
  return (
    <div
      className="charts-picture"
      role="slider"
      tabIndex={0}
      aria-label={`${t("points")}. ${t("pointsKeys")}`}
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={targets.indexOf(target) + 1}
      aria-valuetext={t("pointSpoken", {
        point: name,
        metric,
        score: formatScore(point, 1),
        images: formatNumber(point.testImages),
        ratio: formatRatio(point.compressionRatio),
        bytes: formatBytes(point.sizeBytes),
      })}
      onKeyDown={onKeyDown}
      onBlur={() => reader.setState({ at: null })}
    >
      {children}
    </div>
  );
}

interface Props {
  readonly reader: PointReader;
  readonly targets: readonly Target[];
  /** What the figures are put in: beside the picture, not inside it. */
  readonly container: RefObject<HTMLElement | null>;
}

/** Inside the plot, on top of all: sees the pointer. */
export function ReadPoint({ reader, targets, container }: Props) {
  const at = useStore(reader, (state) => state.at);
  const toPlace = useToPlace();
  const plot = usePlotArea();
  const places = useMemo(
    () => (toPlace ? targets.map(({ point }) => toPlace(point.compressionRatio, scoreOf(point))) : []),
    [toPlace, targets],
  );
  if (!plot) return null;
  const onPointer = ({ clientX, clientY, currentTarget }: PointerEvent<SVGRectElement>) => {
    const { left, top } = currentTarget.ownerSVGElement!.getBoundingClientRect();
    const to = nearest(places, { x: clientX - left, y: clientY - top });
    if (to !== at) reader.setState({ at: to });
  };
  const read = at === null ? undefined : targets[at];
  const place = at === null ? undefined : places[at];
  return (
    <>
      {place && <circle className="charts-reading" cx={place.x} cy={place.y} r={9} />}
      <rect
        className="charts-pointer"
        {...plot}
        onPointerMove={onPointer}
        onPointerDown={onPointer}
        onPointerLeave={() => reader.setState({ at: null })}
      />
      {read &&
        place &&
        container.current &&
        createPortal(<PointFigures target={read} place={place} plot={plot} />, container.current)}
    </>
  );
}
