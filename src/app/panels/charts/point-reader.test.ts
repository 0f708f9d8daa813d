import { describe, expect, it } from "vitest";
import { nearest, placeAfter } from "./point-reader";

describe("nearest", () => {
  const places = [
    { x: 0, y: 0 },
    { x: 30, y: 0 },
    { x: 30, y: 0 },
  ];
  it("is the nearest within reach, the later of two on one spot", () => {
    expect(nearest(places, { x: 10, y: 0 })).toBe(0);
    expect(nearest(places, { x: 25, y: 5 })).toBe(2);
  });
  it("is none out of reach", () => {
    expect(nearest(places, { x: 100, y: 0 })).toBeNull();
    expect(nearest([], { x: 0, y: 0 })).toBeNull();
  });
});

describe("placeAfter", () => {
  it.each([
    ["ArrowRight", 1, 2],
    ["ArrowRight", 4, 4],
    ["ArrowLeft", 0, 0],
    ["ArrowLeft", null, 3],
    ["Home", 3, 0],
    ["End", 0, 4],
    ["Escape", 2, null],
    ["Tab", 2, undefined],
  ])("%s from %s leads to %s of five", (key, at, to) => {
    expect(placeAfter(key, at, 5)).toBe(to);
  });
});
