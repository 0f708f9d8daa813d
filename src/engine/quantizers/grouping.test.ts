import { describe, expect, it } from "vitest";
import { sizeOfShape } from "../core/network";
import { cutGroups, cutGrouping, groupCount, type Grouping, groupOf } from "./grouping";

const groups = (grouping: Grouping, shape: readonly number[]) =>
  Array.from({ length: sizeOfShape(shape) }, (_, i) => groupOf(grouping, shape)(i));
const keep = (axis: number, ...indices: number[]) => [{ axis, indices: Uint32Array.from(indices) }];

describe("groupOf", () => {
  it.each<[string, Grouping, readonly number[], number[], number]>([
    ["tensor", { kind: "tensor" }, [2, 2], [0, 0, 0, 0], 1],
    ["channel: the fastest axis", { kind: "channel", count: 2 }, [3, 2], [0, 1, 0, 1, 0, 1], 2],
    // A depthwise kernel [1, 1, 2, 2]: channel c * multiplier + m.
    ["channel of a depthwise kernel", { kind: "channel", count: 4 }, [1, 1, 2, 2], [0, 1, 2, 3], 4],
    // Three inputs in runs of two, for each output: inputs 0 and 1, then 2 alone.
    ["runs along the inputs", { kind: "run", axis: 0, length: 2 }, [3, 2], [0, 1, 0, 1, 2, 3], 4],
    ["runs along the outputs", { kind: "run", axis: 1, length: 2 }, [2, 3], [0, 0, 1, 2, 2, 3], 4],
    ["buckets", { kind: "bucket", length: 3 }, [4, 2], [0, 0, 0, 1, 1, 1, 2, 2], 3],
    // [3, 3] in tiles of 2 x 2: four of them, narrower at the far edges.
    ["tiles", { kind: "tiles", height: 2, width: 2 }, [3, 3], [0, 0, 1, 0, 0, 1, 2, 2, 3], 4],
  ])("%s", (_, grouping, shape, expected, count) => {
    expect(groups(grouping, shape)).toEqual(expected);
    expect(groupCount(grouping, shape)).toBe(count);
  });
});

describe("cutGrouping", () => {
  it("channels: the groups of what stays, in order", () => {
    const cut = cutGrouping({ kind: "channel", count: 3 }, [2, 3], keep(1, 0, 2))!;
    expect(cut).toEqual({ grouping: { kind: "channel", count: 2 }, kept: Uint32Array.of(0, 2) });
    expect([...cutGroups(Float32Array.of(1, 2, 3, 4, 5, 6), cut, 2)]).toEqual([1, 2, 5, 6]);
  });

  it("channels of a depthwise kernel go with their input", () => {
    const cut = cutGrouping({ kind: "channel", count: 4 }, [3, 3, 2, 2], keep(2, 1));
    expect(cut).toEqual({ grouping: { kind: "channel", count: 2 }, kept: Uint32Array.of(2, 3) });
  });

  it("inputs that go take no channel along", () => {
    expect(cutGrouping({ kind: "channel", count: 2 }, [3, 2], keep(0, 1))!.kept).toEqual(Uint32Array.of(0, 1));
  });

  it("runs survive where whole runs go, or whole lines of them", () => {
    const runs = { kind: "run", axis: 0, length: 2 } as const;
    expect(cutGrouping(runs, [4, 2], keep(0, 2, 3))!.kept).toEqual(Uint32Array.of(2, 3));
    expect(cutGrouping(runs, [4, 2], keep(1, 1))!.kept).toEqual(Uint32Array.of(1, 3));
    expect(cutGrouping(runs, [4, 2], keep(0, 1, 2, 3))).toBeUndefined();
  });

  it("buckets survive at their borders only; tiles where whole tiles go", () => {
    expect(cutGrouping({ kind: "bucket", length: 4 }, [4, 2], keep(0, 2, 3))!.kept).toEqual(Uint32Array.of(1));
    expect(cutGrouping({ kind: "bucket", length: 4 }, [4, 2], keep(0, 1, 2, 3))).toBeUndefined();
    expect(cutGrouping({ kind: "tiles", height: 2, width: 2 }, [4, 4], keep(1, 2, 3))!.kept).toEqual(
      Uint32Array.of(1, 3),
    );
    expect(cutGrouping({ kind: "tiles", height: 2, width: 2 }, [4, 4], keep(1, 0, 2, 3))).toBeUndefined();
  });

  it("one group for all survives everything", () => {
    expect(cutGrouping({ kind: "tensor" }, [4], keep(0, 3))!.kept).toEqual(Uint32Array.of(0));
  });
});
