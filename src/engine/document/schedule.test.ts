import { describe, expect, it } from "vitest";
import { boundariesOf, isBefore, mostLivePoints, phaseAt, pointInterval, roundStep, trainedSteps } from "./schedule";
import { tinyDocument } from "./tiny-document.testing";

const span = (start: number, steps: number) => ({ block: "train.fine-tune", start, steps });
const instant = (start: number) => ({ block: "prune.magnitude", start });
const named = (clips: Parameters<typeof tinyDocument>[0]) =>
  boundariesOf(tinyDocument(clips)).map(({ step, ends, instants, starts }) => [
    step,
    ...[ends, instants, starts].map((list) => list.map((c) => c.id).join(" ")),
  ]);

describe("boundaries: ends, instants, starts", () => {
  it("at every step where a clip begins or ends, ascending", () => {
    expect(named([span(0, 10), span(4, 6), instant(10), span(10, 2), instant(0)])).toEqual([
      [0, "", "c4", "c0"],
      [4, "", "", "c1"],
      [10, "c0 c1", "c2", "c3"],
      [12, "c3", "", ""],
    ]);
  });

  it("of no clips there are none", () => {
    expect(named([])).toEqual([]);
  });
});

describe("isBefore", () => {
  const before = (a: ReturnType<typeof span | typeof instant>, b: ReturnType<typeof span | typeof instant>) => {
    const [first, second] = tinyDocument([a, b]).clips;
    return isBefore({ clip: first!, place: 0 }, { clip: second!, place: 1 });
  };

  it.each([
    ["a span, then what begins where it ends", span(0, 5), span(5, 5), true],
    ["a span, then an instant at its end", span(0, 5), instant(5), true],
    ["an instant, then a span that begins there", instant(5), span(5, 5), true],
    ["two instants at one step", instant(5), instant(5), true],
    ["two spans from one step", span(0, 5), span(0, 5), false],
    ["an instant inside a span", instant(3), span(0, 5), false],
    ["a span and an instant at its start", span(3, 5), instant(3), false],
    ["a span that overlaps", span(0, 5), span(4, 5), false],
  ])("%s", (_, a, b, expected) => {
    expect(before(a, b)).toBe(expected);
  });

  it("of two instants at one step the later in the array is not", () => {
    const [first, second] = tinyDocument([instant(5), instant(5)]).clips;
    expect(isBefore({ clip: second!, place: 1 }, { clip: first!, place: 0 })).toBe(false);
  });
});

describe("trainedSteps counts what clips with length cover, once", () => {
  it.each([
    [[], 0],
    [[instant(3)], 0],
    [[span(0, 10)], 10],
    [[span(0, 10), span(4, 3)], 10],
    [[span(4, 10), span(0, 6)], 14],
    [[span(2, 3), span(9, 1), instant(50)], 4],
  ])("%j: %i", (clips, steps) => {
    expect(trainedSteps(tinyDocument(clips))).toBe(steps);
  });
});

describe("decisions fall at start + r L endFraction / R, rounded down", () => {
  const steps = (start: number, length: number, count: number, endFraction: number) =>
    Array.from({ length: count }, (_, r) => roundStep({ start, steps: length }, { count, endFraction }, r));

  it("five in the first half of 100 steps", () => {
    expect(steps(0, 100, 5, 0.5)).toEqual([0, 10, 20, 30, 40]);
  });

  it("counted from the clip's start, rounded down", () => {
    expect(steps(7, 10, 4, 1)).toEqual([7, 9, 12, 14]); // 2.5, 5, 7.5
  });

  it("more rounds than steps: several at one step", () => {
    expect(steps(0, 2, 4, 1)).toEqual([0, 0, 1, 1]);
  });

  it("0.29 of 100 steps is 29, although 0.29 * 100 < 29 in doubles", () => {
    expect(steps(0, 100, 2, 0.58)).toEqual([0, 29]);
  });
});

describe("phaseAt, for the document's own learning-rate schedule", () => {
  it("runs from where nothing was running to the end of what has begun", () => {
    const document = tinyDocument([span(0, 10), span(5, 10), span(20, 5)]);
    expect(phaseAt(document, 2)).toEqual({ start: 0, end: 10 });
    expect(phaseAt(document, 5)).toEqual({ start: 0, end: 15 });
    expect(phaseAt(document, 21)).toEqual({ start: 20, end: 25 });
  });

  it("clips that touch begin a new phase; instants begin none", () => {
    expect(phaseAt(tinyDocument([span(0, 4), instant(4), span(4, 4)]), 5)).toEqual({ start: 4, end: 8 });
  });

  it("does not depend on what starts later", () => {
    const clips = [span(0, 10), span(5, 2)];
    const at = (more: typeof clips) => [0, 3, 6, 9].map((step) => phaseAt(tinyDocument([...clips, ...more]), step));
    expect(at([span(10, 90), span(12, 1)])).toEqual(at([]));
  });
});

describe("steps between points", () => {
  const document = (steps: number, evaluateEvery: number) =>
    tinyDocument(steps === 0 ? [] : [{ block: "train.fine-tune", steps }], { evaluateEvery });

  it.each([
    [0, 1, 1],
    [1000, 1, 1],
    // 1,001 points would be one too many: every second step.
    [1001, 1, 2],
    [1_000_000, 1, 1000],
    // 142,857 points at every seventh step: 143 times fewer.
    [1_000_000, 7, 7 * 143],
    [999, 1000, 1000],
  ])("%i steps, evaluated every %i: a point every %i", (steps, every, interval) => {
    expect(pointInterval(document(steps, every))).toBe(interval);
    expect(Math.floor(steps / interval)).toBeLessThanOrEqual(mostLivePoints);
  });
});
