import { describe, expect, it } from "vitest";
import type { Point } from "#engine/run/measure";
import type { EventMessage } from "./protocol";
import { RunNews } from "./run-news";
import { evenPlaces, lossSeries, thinPoints } from "./thin";
import { Throttle } from "./throttle";
import { fakeTimers } from "./timers.testing";

const point = (step: number, clip: string | null = null): Point => ({ step, clip }) as Point;
const chunk = (firstStep: number, total: number[], names = ["hard labels"]) => ({
  firstStep,
  total: Float32Array.from(total),
  names,
  parts: names.map((_, k) => Float32Array.from(total, (loss) => loss / (k + 2))),
});

describe("Throttle", () => {
  it("lets the first through at once, the rest once the interval is over", () => {
    const timers = fakeTimers();
    const sent: number[] = [];
    const throttle = new Throttle(timers, 100, () => sent.push(timers.now()));
    throttle.request();
    timers.advance(30);
    throttle.request();
    throttle.request();
    expect(sent).toEqual([0]);
    timers.advance(70);
    expect(sent).toEqual([0, 100]);
    timers.advance(250);
    throttle.request();
    expect(sent).toEqual([0, 100, 350]);
    expect(timers.waiting).toBe(0);
  });

  it("sends at once when told to, and not again for that", () => {
    const timers = fakeTimers();
    let sent = 0;
    const throttle = new Throttle(timers, 100, () => sent++);
    throttle.request();
    throttle.request();
    throttle.flush();
    timers.advance(1000);
    expect(sent).toBe(2);
  });
});

describe("thinning", () => {
  it("takes places evenly, the last among them", () => {
    expect(evenPlaces(3, 5)).toEqual([0, 1, 2]);
    expect(evenPlaces(10, 5)).toEqual([1, 3, 5, 7, 9]);
    expect(evenPlaces(10, 3)).toEqual([3, 6, 9]);
    expect(evenPlaces(0, 5)).toEqual([]);
  });

  it("keeps every point of a boundary", () => {
    const points = Array.from({ length: 1000 }, (_, i) => point(i, i % 100 === 7 ? `c${i}` : null));
    const thinned = thinPoints(points, 50);
    expect(thinned).toHaveLength(50);
    expect(thinned.filter(({ clip }) => clip !== null)).toHaveLength(10);
    expect(thinned.at(-1)).toBe(points.at(-1));
    expect(thinPoints(points.slice(0, 50), 50)).toEqual(points.slice(0, 50));
  });

  it("joins chunks of the same terms, and no others", () => {
    const both = ["hard labels", "distillation"];
    expect(lossSeries([chunk(0, [8, 6]), chunk(2, [4]), chunk(3, [2], both)])).toEqual([
      {
        names: ["hard labels"],
        steps: Uint32Array.of(0, 1, 2),
        total: Float32Array.of(8, 6, 4),
        parts: [Float32Array.of(4, 3, 2)],
      },
      {
        names: both,
        steps: Uint32Array.of(3),
        total: Float32Array.of(2),
        parts: [Float32Array.of(1), Float32Array.of(2 / 3)],
      },
    ]);
  });

  it("thins losses to values that were measured", () => {
    const losses = Array.from({ length: 100 }, (_, i) => 1 / (i + 1));
    const [series] = lossSeries([chunk(0, losses.slice(0, 60)), chunk(60, losses.slice(60))], 4);
    expect(series).toMatchObject({
      steps: Uint32Array.of(24, 49, 74, 99),
      total: Float32Array.of(1 / 25, 1 / 50, 1 / 75, 1 / 100),
    });
  });
});

describe("RunNews", () => {
  const open = () => {
    const timers = fakeTimers();
    const sent: EventMessage[] = [];
    const news = new RunNews("r", (name, data) => sent.push({ kind: "event", name, data } as EventMessage), timers);
    const take = () => sent.splice(0).map(({ name, data }) => ({ name, data }) as EventMessage);
    return { timers, news, observer: news.observer(() => undefined), take };
  };
  const at = (trained: number) => ({ step: trained, steps: 100, trained, toTrain: 100 });

  it("gathers what comes within a tenth of a second", () => {
    const { timers, news, observer, take } = open();
    news.point(point(0));
    expect(take()).toEqual([{ name: "points", data: { runId: "r", points: [point(0)] } }]);
    news.point(point(1));
    news.point(point(2));
    observer.onLosses!(chunk(0, [1]));
    observer.onLosses!(chunk(1, [2]));
    expect(take()).toEqual([]);
    timers.advance(100);
    const [losses, points] = take();
    expect(losses).toMatchObject({ name: "losses", data: { series: [{ total: Float32Array.of(1, 2) }] } });
    expect(points).toEqual({ name: "points", data: { runId: "r", points: [point(1), point(2)] } });
  });

  it("tells the latest of progress and downloads only", () => {
    const { timers, observer, take } = open();
    for (const loaded of [1, 2, 3]) observer.onLoad!("dataset", loaded, 9);
    for (const trained of [1, 2, 3]) observer.onProgress!(at(trained));
    expect(take()).toMatchObject([{ data: { loaded: 1 } }, { data: { step: 1 } }]);
    timers.advance(100);
    expect(take()).toMatchObject([
      { name: "load", data: { what: "dataset", loaded: 3, total: 9 } },
      { name: "progress", data: { trained: 3 } },
    ]);
  });

  it("sends what is left over at the end, and nothing after it", () => {
    const { timers, news, take } = open();
    news.point(point(0));
    news.point(point(1, "c"));
    take();
    news.finish();
    expect(take()).toEqual([{ name: "points", data: { runId: "r", points: [point(1, "c")] } }]);
    timers.advance(1000);
    expect(take()).toEqual([]);
  });

  it("says how long it will take by how long it took, pauses left out", () => {
    const { timers, news, observer, take } = open();
    const eta = (trained: number) => {
      observer.onProgress!(at(trained));
      timers.advance(200);
      return take().map((told) => (told.name === "progress" ? told.data.etaMs : undefined));
    };
    expect(eta(1)).toEqual([null]);
    // One step in 200 ms, 98 to go.
    expect(eta(2)).toEqual([19_600]);
    // Two steps in 400 ms, 97 to go.
    expect(eta(3)).toEqual([19_400]);
    timers.advance(60_000);
    news.halted();
    expect(eta(4)).toEqual([null]);
    expect(eta(5)).toEqual([19_000]);
  });
});
