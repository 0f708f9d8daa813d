/** A heat map on a canvas: shades of the block's colour, and a stroke through what went. */
import { memo, useEffect, useRef } from "react";
import type { Taken } from "./decisions-shown";
import { useView } from "../../../stores/use-studio";

type Map = NonNullable<Taken["layers"][number]["picture"]>["map"];

interface Props {
  readonly map: Map;
  /** Shares of 255, row by row. */
  readonly values: Uint8Array;
  /** Shares of 255 of each cell that went; struck out from a half on. */
  readonly struck?: Uint8Array;
  readonly label: string;
}

/** Edge of a square canvas in its own pixels; twice what it is shown at. */
const edge = 256;

export const WeightMap = memo(function WeightMap({ map, values, struck, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useView((view) => view.theme);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const redraw = () => draw(element, map, values, struck);
    redraw();
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", redraw);
    return () => scheme.removeEventListener("change", redraw);
  }, [map, values, struck, theme]);
  return <canvas ref={canvas} className="prune-map" width={edge} height={edge} role="img" aria-label={label} />;
});

function draw(canvas: HTMLCanvasElement, { rows, columns }: Map, values: Uint8Array, struck: Uint8Array | undefined) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const style = getComputedStyle(canvas);
  const [width, height] = [edge / columns, edge / rows];
  context.clearRect(0, 0, edge, edge);
  // `color` is the block's, resolved for the theme.
  context.fillStyle = style.color;
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      if (values[i] === 0) continue;
      context.globalAlpha = values[i]! / 255;
      context.fillRect(column * width, row * height, width, height);
    }
  }
  context.globalAlpha = 1;
  if (!struck) return;
  context.strokeStyle = style.getPropertyValue("outline-color");
  context.lineWidth = Math.max(1, Math.min(width, height) / 6);
  context.beginPath();
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      if (struck[i]! < 128) continue;
      context.moveTo(column * width, (row + 1) * height);
      context.lineTo((column + 1) * width, row * height);
    }
  }
  context.stroke();
}
