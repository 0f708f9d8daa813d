import { beforeAll, describe, expect, it } from "vitest";
import { plainSnapshot, type Snapshot, valuesOf } from "../../../core/snapshot";
import { createRng } from "../../../core/rng";
import { runTiny, startTiny, tinyDocument, tinyPlatform, trainedTiny } from "../../../run/tiny.testing";
import { networkBuilder } from "../../../zoo/builder";
import { pruneRound, rewind } from "./sched-lottery-ticket";

beforeAll(startTiny);

/** Two dense layers of 1000 and 100 weights. */
function twoLayers(): Snapshot {
  const b = networkBuilder("two", [10]);
  const hidden = b.dense(b.input, { units: 100, useBias: false }, "hidden");
  const network = b.build(b.dense(hidden, { units: 1, useBias: false }, "logits"));
  const rng = createRng(1, "weights");
  const draw = (length: number) => Float32Array.from({ length }, () => rng.normal());
  return plainSnapshot(
    network,
    new Map([
      ["hidden/kernel", draw(1000)],
      ["logits/kernel", draw(100)],
    ]),
  );
}

const leftOf = (snapshot: Snapshot, name: string) =>
  snapshot.states.get(name)?.mask?.reduce((sum, m) => sum + m, 0) ?? valuesOf(snapshot, name).length;

describe("rounds (Frankle and Carbin 2019)", () => {
  const shares = { rounds: 5, perRound: 0.2, outputPerRound: 0.1 };

  it("five rounds of 0.2 leave 0.8^5 = 0.32768 of 1000, the output layer 0.9^5 = 0.59049 of 100", () => {
    let ticket = twoLayers();
    for (let round = 1; round <= 5; round++) ticket = pruneRound(ticket, round, shares);
    expect([leftOf(ticket, "hidden/kernel"), leftOf(ticket, "logits/kernel")]).toEqual([328, 59]);
  });

  it("of what an earlier clip has left: half of it, 0.8 in one round leave 400", () => {
    const half = pruneRound(twoLayers(), 1, { rounds: 1, perRound: 0.5, outputPerRound: 0 });
    const before = new Map([["hidden/kernel", 0.5]]);
    expect(leftOf(pruneRound(half, 1, shares, before), "hidden/kernel")).toBe(400);
  });

  it("a layer's own sparsity is reached in the last round", () => {
    const layers = new Map([["hidden", { sparsity: 0.75 }]]);
    const left = [1, 2].map((round) =>
      leftOf(pruneRound(twoLayers(), round, { ...shares, rounds: 2, layers }), "hidden/kernel"),
    );
    expect(left).toEqual([500, 250]);
  });

  it("every survivor gets its early value back bit for bit, what is gone stays 0", () => {
    const start = twoLayers();
    const pruned = pruneRound(start, 3, shares);
    const trained = { ...pruned, values: new Map([...pruned.values].map(([n, v]) => [n, v.map((w) => w * 1.7)])) };
    const rewound = rewind(trained, start.values);
    for (const [name, values] of start.values) {
      const mask = pruned.states.get(name)!.mask!;
      expect(valuesOf(rewound, name)).toEqual(values.map((w, i) => (mask[i] ? w : 0)));
    }
  });
});

describe("on the tiny network", () => {
  const clip = (more: object = {}, steps = 30) => ({
    block: "prune.sched-lottery-ticket",
    steps,
    params: { rounds: 2, perRound: 0.5, learningRate: 0.01, ...more },
  });

  /** Raw values just after the last rewinding, before the last training: with a learning rate of almost nothing. */
  const atLastRewind = async (more: object) => {
    const platform = await tinyPlatform();
    // Rounds begin at 0, 10 and 20; the clip ends one step after the last.
    const document = tinyDocument([clip({ learningRate: 1e-6, learningRateSchedule: "constant", ...more }, 3)]);
    await runTiny(document, { platform });
    return platform.lastKept().snapshot;
  };

  it("weights go back to the start", async () => {
    const start = await trainedTiny();
    const ticket = await atLastRewind({});
    const kernel = valuesOf(ticket, "conv2/kernel");
    const mask = ticket.states.get("conv2/kernel")!.mask!;
    expect(mask.reduce((sum, m) => sum + m, 0)).toBe(108); // 432 / 4
    // One Adam step of 1e-6 is all that lies between.
    const early = valuesOf(start, "conv2/kernel");
    expect(Math.max(...kernel.map((w, i) => (mask[i] ? Math.abs(w - early[i]!) : 0)))).toBeLessThan(2e-6);
  });

  it("the control has the same mask and other values", async () => {
    const [ticket, control] = [await atLastRewind({}), await atLastRewind({ reset: "random" })];
    const [a, b] = [ticket, control].map((s) => s.states.get("conv2/kernel")!.mask!);
    expect(a).toEqual(b);
    const same = valuesOf(ticket, "conv2/kernel").filter(
      (w, i) => w !== 0 && w === valuesOf(control, "conv2/kernel")[i],
    );
    expect(same).toHaveLength(0);
    expect(Math.max(...valuesOf(control, "conv1-bn/gamma").map((g) => Math.abs(g - 1)))).toBeLessThan(1e-5);
  });

  it("a quarter of the weights, trained from where they were, do the task", async () => {
    const document = tinyDocument([clip({}, 180)]);
    const run = await runTiny(document, { platform: await tinyPlatform() });
    expect(run.result.final.accuracy).toBeGreaterThan(0.8);
  });

  it("a run that goes on from inside the clip comes to the same bytes, rewinding to step 2", async () => {
    const platform = await tinyPlatform();
    const clips = [clip({ rewindStep: 2 }, 12), { block: "prune.magnitude", start: 6, params: { sparsity: 0.1 } }];
    const later = tinyDocument([...clips, { block: "prune.magnitude", start: 12, params: { sparsity: 0.8 } }]);
    await runTiny(tinyDocument(clips), { platform });
    const resumed = await runTiny(later, { platform });
    expect(resumed.restoredAt).toBe(6);
    const whole = await runTiny(later, { platform, useCache: false });
    expect(resumed.result.artefact.sha256).toBe(whole.result.artefact.sha256);
  });

  it("refuses to rewind past a round, and a network that was cut meanwhile", async () => {
    const platform = await tinyPlatform();
    await expect(runTiny(tinyDocument([clip({ rewindStep: 10 })]), { platform })).rejects.toThrow(
      /less than the 10 steps/,
    );
    const cut = tinyDocument([clip(), { block: "prune.filter-l1", start: 5, params: { sparsity: 0.5 } }]);
    await expect(runTiny(cut, { platform })).rejects.toThrow(/expected the layers that it began with/);
  });
});
