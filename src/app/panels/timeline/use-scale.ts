/** Pixels for each step: as many as fit, or as many as the person chose; what is in the middle stays there. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { useDocument } from "../../stores/use-studio";
import { fitScale, namesPixels, originPixels, scaleLimits } from "./geometry";

export interface Scale {
  readonly scale: number;
  /** Of what can be seen, names of the lanes included. */
  readonly width: number;
  /** Whether all clips are in view by themselves. */
  readonly fits: boolean;
  zoom(factor: number): void;
  fit(): void;
}

const widthBeforeLayout = 900;

/** The second is for the element that scrolls. */
export function useScale(): readonly [Scale, RefObject<HTMLDivElement | null>] {
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(widthBeforeLayout);
  const [chosen, setChosen] = useState<number | null>(null);
  // Of the document, never of its draft: the scale holds still under what is being dragged.
  const fitting = useDocument(({ document }) => fitScale(document.clips, width));
  const scale = chosen ?? fitting;
  const fits = chosen === null;

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    // It tells the width once at the beginning, before the first frame is drawn.
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const before = useRef(scale);
  useEffect(() => {
    const element = scroller.current;
    const factor = scale / before.current;
    before.current = scale;
    if (!element || factor === 1) return;
    if (fits) {
      element.scrollTo({ left: 0 });
      return;
    }
    const left = namesPixels + originPixels;
    const middle = (element.clientWidth + namesPixels) / 2 - left;
    element.scrollTo({ left: (element.scrollLeft + middle) * factor - middle });
  }, [scale, fits]);

  const zoom = (factor: number): void => {
    const [least, most] = scaleLimits(fitting);
    setChosen(Math.min(most, Math.max(least, scale * factor)));
  };
  return [{ scale, width, fits, zoom, fit: () => setChosen(null) }, scroller];
}
