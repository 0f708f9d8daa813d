import { beforeAll, describe, expect, it } from "vitest";
import { decodeArtefact } from "../codecs/artefact";
import { EngineError } from "../core/errors";
import { plainSnapshot, type Snapshot } from "../core/snapshot";
import { AccuracyGuard, type GuardedModel } from "./accuracy-guard";
import { RunControl } from "./control";
import type { DecisionTrace } from "./decisions";
import { encodeMeasured } from "./measure";
import { decodedOf, effectiveOf, runTiny, startTiny, tinyDocument, tinyNetwork, tinyPlatform } from "./tiny.testing";

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
    restore: (snapshot) => void (now = snapshot),
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
    expect(guard.state).toEqual({ reference: from, stopped: takenBack, before: undefined });
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
const bits = (snapshot: Snapshot) =>
  [...snapshot.values.keys()].map((name) => [name, ...new Uint32Array(effectiveOf(snapshot, name).slice().buffer)]);

describe("on the timeline", () => {
  it("the decision that costs too much is taken back to the bit, and none comes after it", async () => {
    // The boundary at step 12 keeps the network as it is just before the fourth decision.
    const platform = await tinyPlatform();
    let control = new RunControl();
    const cancelled = runTiny(guarded(0.5, 12), {
      platform,
      control,
      observer: { onBoundary: ({ point }) => void (point.step === 12 && control.cancel()) },
    });
    await expect(cancelled).rejects.toBeInstanceOf(EngineError);
    const before = platform.lastKept();
    expect(before.step).toBe(12);

    control = new RunControl();
    const { traces, observer } = listen();
    const run = await runTiny(guarded(0.5, 12), {
      platform: await tinyPlatform(),
      control,
      observer,
      useCache: false,
    });
    expect(told(traces)).toEqual([
      ["taken", 0, 0],
      ["taken", 1, 4],
      ["taken", 2, 8],
      ["taken", 3, 12],
      ["taken-back", 3, 16],
    ]);
    const { bytes: file } = encodeMeasured(before.snapshot, guarded(0.5, 12));
    // Both as the file has them: batch normalization folded.
    expect(bits(decodedOf(run))).toEqual(bits(decodeArtefact(file).snapshot));
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
    expect(kept!.guard!.before).toBeDefined();

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
