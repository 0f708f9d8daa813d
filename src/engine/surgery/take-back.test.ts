/** Taking a decision back on networks whose numbers are known: what it took returns, what others did stays. */
import { describe, expect, it } from "vitest";
import { type ParameterState, plainSnapshot, type Snapshot, valuesOf } from "../core/snapshot";
import { refreshScales } from "../quantizers/weights/uniform";
import { networkBuilder } from "../zoo/builder";
import { initializeValues } from "../zoo/initialize";
import { channelGroups } from "./channel-groups";
import { foldBatchNorm } from "./fold-batch-norm";
import { removeChannels } from "./remove-channels";
import { takeBack } from "./take-back";

/** conv (4 filters) - norm - relu - flatten - dense (3). */
function network(): Snapshot {
  const b = networkBuilder("small", [5, 5, 1]);
  const rectified = b.activation(b.batchNorm(b.conv2d(b.input, { filters: 4, kernelSize: 3, useBias: false }, "conv")));
  const built = b.build(b.dense(b.flatten(rectified), { units: 3 }, "logits"));
  const values = initializeValues(built, 1);
  return plainSnapshot(built, values);
}

const cut = (snapshot: Snapshot, ...units: number[]): Snapshot =>
  removeChannels(snapshot, new Map([[channelGroups(snapshot.network)[0]!.id, units]])).snapshot;
const withState = (snapshot: Snapshot, name: string, state: ParameterState): Snapshot => ({
  ...snapshot,
  states: new Map(snapshot.states).set(name, state),
});
const changed = (snapshot: Snapshot, name: string, by: number): Snapshot => ({
  ...snapshot,
  values: new Map(snapshot.values).set(
    name,
    valuesOf(snapshot, name).map((v) => v + by),
  ),
});
const kernel = "conv/kernel";
const filter = (snapshot: Snapshot, of: number, count: number) =>
  [...valuesOf(snapshot, kernel)].filter((_, i) => i % count === of);

describe("masks", () => {
  const before = withState(network(), kernel, { mask: Uint8Array.from({ length: 36 }, (_, i) => Number(i !== 0)) });
  const after = withState(before, kernel, { mask: Uint8Array.from({ length: 36 }, (_, i) => Number(i > 4)) });

  it("go as they came, and the very network is there where nothing else happened", () => {
    expect(takeBack({ before, after }, after)).toEqual({ snapshot: before, places: new Map(), mixed: false });
  });

  it("of others stay, with what was trained", () => {
    const mask = Uint8Array.from({ length: 36 }, (_, i) => Number(i > 4 && i !== 9));
    const now = withState(changed(after, kernel, 0.5), kernel, { mask });
    const { snapshot, mixed } = takeBack({ before, after }, now)!;
    expect(mixed).toBe(true);
    expect([...snapshot.states.get(kernel)!.mask!].flatMap((keep, i) => (keep ? [] : [i]))).toEqual([0, 9]);
    const [was, is] = [valuesOf(before, kernel), valuesOf(snapshot, kernel)];
    for (const i of [1, 2, 3, 4]) expect(is[i]).toBe(was[i]);
    for (const i of [5, 6, 35]) expect(is[i]).toBe(Math.fround(was[i]! + 0.5));
  });
});

describe("cuts", () => {
  const before = network();
  const after = cut(before, 1, 3);

  it("grow again at their places; the rest is what it is by now", () => {
    const now = changed(changed(after, kernel, 0.25), "logits/bias", 1);
    const { snapshot, places } = takeBack({ before, after }, now)!;
    expect(snapshot.network).toEqual(before.network);
    for (const of of [1, 3]) expect(filter(snapshot, of, 4)).toEqual(filter(before, of, 4));
    for (const [of, by] of [
      [0, 0],
      [2, 1],
    ] as const)
      expect(filter(snapshot, of, 4)).toEqual(filter(now, by, 2));
    expect([...valuesOf(snapshot, "logits/bias")]).toEqual([1, 1, 1]);
    // Filters 0 and 2 were 0 and 1 of two; moments follow.
    expect([...places.get(kernel)!.subarray(0, 8)]).toEqual([0, -1, 1, -1, 2, -1, 3, -1]);
    expect(places.has("logits/bias")).toBe(false);
    // [9 places x 4 filters, 3]: rows of filters 1 and 3 come back.
    expect([...places.get("logits/kernel")!.subarray(0, 9)]).toEqual([0, 1, 2, -1, -1, -1, 3, 4, 5]);
  });

  it("by others since then stay", () => {
    // Filter 1 goes with the decision, filter 2 with another clip.
    const one = cut(before, 1);
    const { snapshot } = takeBack({ before, after: one }, cut(one, 1))!;
    expect(valuesOf(snapshot, kernel)).toHaveLength(27);
    [0, 1, 3].forEach((of, i) => expect(filter(snapshot, i, 3)).toEqual(filter(before, of, 4)));
  });

  it("under a quantizer that came since, behind normalization that was folded", () => {
    const folded = foldBatchNorm(after);
    const clips = Float32Array.of(0.5, 0.75);
    const quantizer = {
      kind: "uniform",
      bits: 4,
      granularity: "channel",
      clips,
      scales: Float32Array.of(1, 1),
    } as const;
    const now = withState(folded, kernel, { quantizer: refreshScales(valuesOf(folded, kernel), quantizer) });
    const { snapshot } = takeBack({ before, after }, now)!;
    expect(snapshot.network).toEqual(foldBatchNorm(before).network);
    expect(valuesOf(snapshot, kernel)).toEqual(valuesOf(foldBatchNorm(before), kernel));
    // A filter that comes back is clipped like the one before it.
    expect(snapshot.states.get(kernel)!.quantizer).toMatchObject({
      bits: 4,
      clips: Float32Array.of(0.5, 0.5, 0.75, 0.75),
    });
  });
});

it("nothing comes back into another network", () => {
  const before = network();
  const other = networkBuilder("other", [5, 5, 1]);
  const built = other.build(other.dense(other.flatten(other.input), { units: 3 }, "out"));
  expect(takeBack({ before, after: before }, plainSnapshot(built, initializeValues(built, 1)))).toBeUndefined();
});
