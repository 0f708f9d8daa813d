/**
 * Scenes of digits for segmentation: one to three images of a base set, shrunk to 0.5 to 0.8 of their size, somewhere on
 * a dark canvas. A scene follows from its split and number alone, so a draw makes only the scenes that it wants.
 */
import { sizeOfShape } from "../core/network";
import { createRng, type Rng } from "../core/rng";
import type { LabelledImages } from "./source";

/** Height and width of a scene. */
export const canvas = 32;
/** Of a byte: values above belong to the digit. */
const inkAbove = 0.3 * 255;
const mostDigits = 3;
/** Share of the smaller of two boxes that both may cover. */
const mostOverlap = 0.1;
/** Places that are tried for a digit before the scene goes without it. */
const tries = 20;

interface Box {
  readonly top: number;
  readonly left: number;
  readonly size: number;
}

function overlap(a: Box, b: Box): number {
  const along = (from: number, size: number, other: number, otherSize: number) =>
    Math.max(0, Math.min(from + size, other + otherSize) - Math.max(from, other));
  const shared = along(a.top, a.size, b.top, b.size) * along(a.left, a.size, b.left, b.size);
  return shared / Math.min(a.size, b.size) ** 2;
}

function placesFor(rng: Rng, side: number): Box[] {
  const boxes: Box[] = [];
  const wanted = 1 + rng.integer(mostDigits);
  for (let digit = 0; digit < wanted; digit++) {
    const size = Math.round(side * (0.5 + 0.3 * rng.next()));
    for (let attempt = 0; attempt < tries; attempt++) {
      const box = { top: rng.integer(canvas - size + 1), left: rng.integer(canvas - size + 1), size };
      if (boxes.some((other) => overlap(box, other) > mostOverlap)) continue;
      boxes.push(box);
      break;
    }
  }
  return boxes;
}

/** Bilinear, pixel centres on pixel centres; a byte. */
function sampled(image: Uint8Array, side: number, y: number, x: number): number {
  const clamp = (value: number) => Math.min(side - 1, Math.max(0, value));
  const [top, left] = [Math.floor(clamp(y)), Math.floor(clamp(x))];
  const [bottom, right] = [clamp(top + 1), clamp(left + 1)];
  const [dy, dx] = [clamp(y) - top, clamp(x) - left];
  const row = (r: number) => image[r * side + left]! * (1 - dx) + image[r * side + right]! * dx;
  return Math.round(row(top) * (1 - dy) + row(bottom) * dy);
}

/** Draws an image into a box; where digits meet, the brighter one is seen and gives the pixel its class. */
function paint(image: Uint8Array, side: number, label: number, box: Box, pixels: Uint8Array, labels: Uint8Array): void {
  const scale = side / box.size;
  for (let y = 0; y < box.size; y++) {
    for (let x = 0; x < box.size; x++) {
      const value = sampled(image, side, (y + 0.5) * scale - 0.5, (x + 0.5) * scale - 0.5);
      const at = (box.top + y) * canvas + box.left + x;
      if (value <= pixels[at]!) continue;
      pixels[at] = value;
      if (value > inkAbove) labels[at] = label + 1;
    }
  }
}

/**
 * @param base square grey images as bytes, labelled with classes
 * @param stream names the split: scenes of two splits have nothing in common
 * @param numbers which scenes, in this order
 * @returns images `[32, 32, 1]`, and a class for each pixel: 0 background, else one more than the base's class
 */
export function digitScenes(
  base: LabelledImages,
  seed: number,
  stream: string,
  numbers: ArrayLike<number>,
): LabelledImages & { readonly images: Uint8Array; readonly labels: Uint8Array } {
  const side = base.shape[0]!;
  const size = sizeOfShape(base.shape);
  const pixels = canvas * canvas;
  const images = new Uint8Array(numbers.length * pixels);
  const labels = new Uint8Array(numbers.length * pixels);
  for (let n = 0; n < numbers.length; n++) {
    const rng = createRng(seed, `scene/${stream}/${numbers[n]!}`);
    const [from, to] = [n * pixels, (n + 1) * pixels];
    for (const box of placesFor(rng, side)) {
      const which = rng.integer(base.count);
      const image = base.images.subarray(which * size, (which + 1) * size) as Uint8Array;
      paint(image, side, base.labels[which]!, box, images.subarray(from, to), labels.subarray(from, to));
    }
  }
  return { images, labels, count: numbers.length, shape: [canvas, canvas, 1] };
}
