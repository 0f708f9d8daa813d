import { beforeAll, describe, expect, it } from "vitest";
import { EngineError } from "../core/errors";
import { plainSnapshot, type Snapshot } from "../core/snapshot";
import { AccuracyGuard, type GuardedModel } from "./accuracy-guard";
import { RunControl } from "./control";
import type { DecisionTrace, TakenDecision } from "./decisions";
import {
  decodedOf,
  effectiveOf,
  filtersOf,
  runTiny,
  startTiny,
  tinyDocument,
  tinyNetwork,
  tinyPlatform,
} from "./tiny.testing";

beforeAll(startTiny);

/** A network that is only a number: its accuracy. */
function numbered(start: number) {
  const named = (accuracy: number): Snapshot => ({
    ...plainSnapshot(tinyNetwork(), new Map()),
    values: new Map([["accuracy", Float32Array.of(accuracy)]]),
  });
  let now = named(start);
  const model: GuardedModel = {
    snapshot: () => Promise.resolve(now),
    metric: "accuracy",
    score: (snapshot) => Promise.resolve(snapshot.values.get("accuracy")![0]!),
    nextOrder: () => 1,
    takeBack: ({ before }) => Promise.resolve(void (now = before)),
  };
  return {
    model,
    become: (accuracy: number) => () => {
      now = named(accuracy);
      return Promise.resolve();
    },
    now: () => now,
  };
}

describe("the verdict", () => {
  // Halves, quarters and eighths are exact in fp32.
  it.each([
    [0.75, 0.5, 0.25, false],
    [0.75, 0.5, 0.125, true],
    [0.75, 0.75, 0, false],
    [0.75, 0.875, 0, false],
    [0.75, 0.625, 0, true],
  ])("from %d to %d where %d is allowed: taken back %s", async (from, to, allowed, takenBack) => {
    const network = numbered(from);
    const before = network.now();
    const guard = await AccuracyGuard.begin(allowed, network.model, undefined);
    await guard.decide(network.become(to));
    expect(await guard.judge()).toEqual({ takenBack, metric: "accuracy", reference: from, score: to, allowed });
    expect(network.now() === before).toBe(takenBack);
    expect(guard.state).toEqual({ reference: from, stopped: takenBack, pending: undefined });
  });

  it("is of the drop since the clip's start, not since the last decision", async () => {
    const network = numbered(1);
    const guard = await AccuracyGuard.begin(0.25, network.model, undefined);
    await guard.decide(network.become(0.875));
    await guard.decide(network.become(0.75));
    const good = network.now();
    await guard.decide(network.become(0.625));
    expect((await guard.judge())?.takenBack).toBe(true);
    expect(network.now()).toBe(good);
  });

  it("comes once for each decision, and there is none before the first", async () => {
    const network = numbered(1);
    const guard = await AccuracyGuard.begin(0.25, network.model, undefined);
    expect(await guard.judge()).toBeUndefined();
    await guard.decide(network.become(0.875));
    expect(await guard.judge()).toBeDefined();
    expect(await guard.judge()).toBeUndefined();
  });

  it("once it took one back it lets nothing more happen", async () => {
    const network = numbered(1);
    const guard = await AccuracyGuard.begin(0, network.model, undefined);
    await guard.decide(network.become(0.5));
    let decided = false;
    await guard.decide(() => {
      decided = true;
      return Promise.resolve();
    });
    expect([decided, guard.state.stopped]).toEqual([false, true]);
  });
});

/** Four decisions at steps 0, 4, 8 and 12 of 16, aiming at 0.245, 0.49, 0.735 and 0.98; nothing else changes the network at `boundary`. */
const guarded = (allowed: number, boundary: number) =>
  tinyDocument(
    [
      {
        block: "prune.magnitude",
        steps: 16,
        params: { sparsity: 0.98, schedule: "iterative", rounds: 4, endFraction: 1, accuracyGuard: allowed },
      },
      { block: "prune.magnitude", start: boundary, params: { sparsity: 0 } },
    ],
    { bnRecalibrationBatches: 0 },
  );

const listen = () => {
  const traces: DecisionTrace[] = [];
  return { traces, observer: { onDecision: (trace: DecisionTrace) => void traces.push(trace) } };
};
const told = (traces: readonly DecisionTrace[]) => traces.map(({ kind, round, step }) => [kind, round, step]);
describe("on the timeline", () => {
  it("what the decision that costs too much took comes back to the bit, what was trained since stays", async () => {
    // The boundary at step 12 keeps the network as it is just before the fourth decision.
    const platform = await tinyPlatform();
    const control = new RunControl();
    const cancelled = runTiny(guarded(0.5, 12), {
      platform,
      control,
      observer: { onBoundary: ({ point }) => void (point.step === 12 && control.cancel()) },
    });
    await expect(cancelled).rejects.toBeInstanceOf(EngineError);
    const before = platform.lastKept();
    expect(before.step).toBe(12);

    const { traces, observer } = listen();
    const again = await tinyPlatform();
    await runTiny(guarded(0.5, 12), { platform: again, observer });
    expect(told(traces)).toEqual([
      ["taken", 0, 0],
      ["taken", 1, 4],
      ["taken", 2, 8],
      ["taken", 3, 12],
      ["taken-back", 3, 16],
    ]);
    const { snapshot: after } = again.lastKept();
    let [same, trained] = [0, 0];
    for (const [name, { mask }] of before.snapshot.states) {
      expect(after.states.get(name)!.mask).toEqual(mask);
      const [was, is] = [effectiveOf(before.snapshot, name), effectiveOf(after, name)];
      is.forEach((value, i) => (value === was[i] ? mask![i] && same++ : trained++));
    }
    // Of 774 weights 206 are left at a sparsity of 0.735 (0.49 for each kernel alone), 15 at 0.98: these train on.
    expect([same > 100, trained > 0, trained < 30]).toEqual([true, true, true]);
  });

  it("after one was taken back the clip trains on and decides nothing", async () => {
    const { traces, observer } = listen();
    // Nothing is allowed: the first decision that costs an image is the last.
    const run = await runTiny(guarded(0, 10), { platform: await tinyPlatform(), observer, useCache: false });
    const back = traces.findIndex(({ kind }) => kind === "taken-back");
    expect(back).toBeGreaterThan(0);
    expect(back).toBe(traces.length - 1);
    expect(traces[back]).toMatchObject({ clip: "c0", allowed: 0 });
    const { reference, score } = traces[back] as Extract<DecisionTrace, { kind: "taken-back" }>;
    expect(score).toBeLessThan(reference);
    expect(run.result.final.step).toBe(16);
  });

  it("an instant with a guard leaves the network as it was", async () => {
    const { traces, observer } = listen();
    const document = tinyDocument([{ block: "prune.magnitude", params: { sparsity: 0.98, accuracyGuard: 0.05 } }]);
    const run = await runTiny(document, { platform: await tinyPlatform(), observer, useCache: false });
    expect(told(traces)).toEqual([
      ["taken", 0, 0],
      ["taken-back", 0, 0],
    ]);
    expect(run.result.final.nonZero).toBe(run.result.original.nonZero);
    expect(run.result.final.accuracy).toBe(run.result.original.accuracy);
  });

  it("a guard survives a state kept inside its clip: same traces, same file", async () => {
    // Step 14 lies between the fourth decision and its verdict.
    const document = guarded(0.5, 14);
    const whole = listen();
    const undisturbed = await runTiny(document, {
      platform: await tinyPlatform(),
      observer: whole.observer,
      useCache: false,
    });

    const platform = await tinyPlatform();
    const control = new RunControl();
    const first = runTiny(document, {
      platform,
      control,
      observer: {
        ...listen().observer,
        onBoundary: ({ point }) => void (point.step === 14 && control.cancel()),
      },
    });
    await expect(first).rejects.toBeInstanceOf(EngineError);
    const [kept] = platform.lastKept().running;
    expect(kept).toMatchObject({ id: "c0", nextRound: 4, guard: { stopped: false } });
    expect(kept!.guard!.pending).toBeDefined();

    const again = listen();
    const run = await runTiny(document, { platform, observer: again.observer });
    expect(run.restoredAt).toBe(14);
    expect(run.result.artefact.sha256).toBe(undisturbed.result.artefact.sha256);
    expect(told(again.traces)).toEqual(told(whole.traces));
    expect(again.traces).toEqual(whole.traces);
  });

  it("a limit of 1 is no guard: nothing is scored, everything is taken", async () => {
    const { traces, observer } = listen();
    const platform = await tinyPlatform();
    await runTiny(guarded(1, 14), { platform, observer });
    expect(told(traces).map(([kind]) => kind)).toEqual(["taken", "taken", "taken", "taken"]);
  });
});

describe("beside other clips", () => {
  const agp = { schedule: "iterative", rounds: 2, endFraction: 1, accuracyGuard: 0.02 };
  const masking = { block: "prune.magnitude", steps: 8, params: { ...agp, sparsity: 0.98 } };
  const cutting = { block: "prune.filter-l1", steps: 8, params: { ...agp, sparsity: 0.8 } };
  const qat = { block: "quant.qat-fake-quant", steps: 12, params: { wBits: 4, aBits: 8, granularity: "channel" } };
  const kd = { block: "distill.kd-logits", steps: 12, teacher: "original" };

  it.each([
    ["masks", masking, 0],
    ["cuts", cutting, 0],
    // Its folding falls between the decision and the verdict.
    ["masks, begun before it", masking, 2],
    ["cuts, begun before it", cutting, 2],
  ])("a quantizer stays in place when a guard takes back %s", async (_name, pruner, start) => {
    const { traces, observer } = listen();
    const run = await runTiny(tinyDocument([pruner, { ...qat, start }]), { platform: await tinyPlatform(), observer });
    // The first decision is judged at the second's step: it costs too much, and all that it took is back.
    expect(traces.filter(({ clip }) => clip === "c0").map(({ kind }) => kind)).toEqual(["taken", "taken-back"]);
    const { original, final } = run.result;
    // 4 bits a weight, and a little for scales and biases.
    expect(final.compressionRatio).toBeGreaterThan(4);
    expect(final.bops).toBeLessThan(original.bops / 8);
    const decoded = decodedOf(run);
    expect([...decoded.activations.values()].map(({ bits: width }) => width)).toContain(8);
    const widths = ["conv1", "conv2", "logits"].map((layer) => decoded.states.get(`${layer}/kernel`)!.quantizer);
    // Edges of the network have at least 8 bits.
    expect(widths).toMatchObject([{ bits: 8 }, { bits: 4 }, { bits: 8 }]);
    expect(filtersOf(run)).toEqual([6, 8]);
    expect(final.nonZero).toBeGreaterThan(0.7 * original.nonZero);
  });

  it("distillation goes on from what it has learned", async () => {
    const { traces, observer } = listen();
    const run = await runTiny(tinyDocument([cutting, kd]), { platform: await tinyPlatform(), observer });
    expect(traces.map(({ kind }) => kind)).toEqual(["taken", "taken-back"]);
    expect(filtersOf(run)).toEqual([6, 8]);
    expect(run.result.original.accuracy - run.result.final.accuracy).toBeLessThan(0.1);
    // The distiller's part of the loss, to the last step.
    expect(run.losses.at(-1)!.names).toHaveLength(2);
  });

  it.each([
    ["a masking one and a cutting one", masking, cutting],
    ["a cutting one and a masking one", cutting, masking],
    ["two that cut", cutting, { ...cutting, params: { ...agp, sparsity: 0.5, accuracyGuard: 0 } }],
    ["the later one first, of two that cut", cutting, { ...cutting, steps: 6 }],
    ["the later one first, which masks", cutting, { ...masking, steps: 6 }],
  ])("%s each take back their own", async (_names, one, other) => {
    const { traces, observer } = listen();
    const run = await runTiny(tinyDocument([one, other]), { platform: await tinyPlatform(), observer });
    const back = traces.filter(({ kind }) => kind === "taken-back").map(({ clip }) => clip);
    expect(back).toEqual(other.steps < one.steps ? ["c1", "c0"] : ["c0", "c1"]);
    expect(filtersOf(run)).toEqual([6, 8]);
    expect(run.result.final.parameters).toBe(run.result.original.parameters);
    // The last decision of each was taken back; an earlier one, by then harmless, stands.
    const stands = traces.filter(
      (trace, i): trace is TakenDecision =>
        trace.kind === "taken" && traces.slice(i + 1).some(({ clip, kind }) => clip === trace.clip && kind === "taken"),
    );
    const removed = stands.flatMap(({ layers }) => layers).reduce((sum, { weights }) => sum + weights.removed, 0);
    expect(run.result.final.nonZero).toBe(run.result.original.nonZero - removed);
  });

  it("what another clip cut meanwhile does not come back", async () => {
    const { traces, observer } = listen();
    const half = { block: "prune.filter-l1", start: 2, params: { sparsity: 0.25 } };
    const run = await runTiny(tinyDocument([masking, half]), { platform: await tinyPlatform(), observer });
    expect(traces.map(({ clip, kind }) => [clip, kind])).toEqual([
      ["c0", "taken"],
      ["c1", "taken"],
      ["c0", "taken-back"],
    ]);
    // floor(0.25 * 6 + 0.5) = 2 and floor(0.25 * 8 + 0.5) = 2 filters.
    expect(filtersOf(run)).toEqual([4, 6]);
  });
});
