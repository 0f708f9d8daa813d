/** The search over widths on the tiny network: within its budget, the same each time, and without a trace on the lane. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import { RunControl } from "../../../run/control";
import type { RunProgress } from "../../../run/observer";
import {
  decodedOf,
  runTiny,
  startTiny,
  tinyClasses,
  tinyDocument,
  tinyPlatform,
  type TinyRun,
  trainedTiny,
} from "../../../run/tiny.testing";
import { costOf } from "../../../metrics/cost";
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import { inputBits, weightBits } from "../../../metrics/accounting";
import type { DecisionTrace } from "../../../run/decisions";
import { networkBuilder } from "../../../zoo/builder";
import { initializeValues } from "../../../zoo/initialize";
import { parseParams } from "../../params";
import { planSpace } from "./haq";
import { meta } from "./meta";
import { lowered } from "./plan-space";

beforeAll(startTiny);

/** Four plans of three steps each. */
const quick = { episodes: 4, fineTuneSteps: 3, edgeBits: 8, images: 40, share: 0.8 };
const clip = (params: object = {}, steps = 6) => ({ block: "quant.haq", steps, params: { ...quick, ...params } });

const widths = (run: TinyRun) => {
  const { network, states, activations } = decodedOf(run);
  return {
    weights: network.nodes.flatMap(({ id, params }) =>
      params.kernel ? [[id, weightBits(states.get(params.kernel.name))] as const] : [],
    ),
    activations: [...activations].map(([id, { bits }]) => [id, bits] as const),
  };
};

describe("the budget", () => {
  it.each([
    ["size", "sizeBytes"],
    ["bops", "bops"],
  ] as const)("of %s holds in the file", async (budget, figure) => {
    const platform = await tinyPlatform();
    const run = await runTiny(tinyDocument([clip({ budget })]), { platform });
    const full = costOf(
      foldBatchNorm(await trainedTiny()),
      new Map(["conv1", "conv2", "logits"].map((id) => [id, { wBits: 8, aBits: 8 }])),
    );
    const most = 0.8 * (figure === "bops" ? full.bops : full.bytes);
    expect(run.result.final[figure]).toBeLessThanOrEqual(most);
    const { weights } = widths(run);
    // The first and the last layer keep 8 bits; what is between has fewer than at the start.
    expect(weights.map(([id]) => id)).toEqual(["conv1", "conv2", "logits"]);
    expect([weights[0]![1], weights[2]![1]]).toEqual([8, 8]);
    expect(weights[1]![1]).toBeLessThan(8);
  });

  it("of a device's latency looks widths up by layer, and one out of reach is refused with its cure", async () => {
    const folded = foldBatchNorm(await trainedTiny());
    const params = parseParams(meta.params, { ...quick, budget: "latencyLUT", share: 0.7 });
    const space = planSpace(folded, { params, layers: new Map(), services: { cost: costOf } });
    expect(space.decisions).toEqual([
      { layer: "conv2", of: "wBits" },
      { layer: "conv2", of: "aBits" },
    ]);
    // At 8 bits conv1 takes 7,776 MACs x 64 / 1e9 ms, conv2 15,552 x 64 / 1e9, the logits (288 + 72) bytes / 1e6:
    // 498 + 995 + 360 = 1,853 ns. 70 % of that leave conv2 439: 6 x 5 bits take 467, 5 x 5 (432 + 216) x 5 / 8 = 405.
    expect(lowered(space, [8, 8])).toEqual([5, 5]);
    expect(lowered(space, [8, 8])).not.toEqual(lowered({ ...space, budget: 2 * space.budget }, [8, 8]));
    const beyond = tinyDocument([clip({ budget: "latencyLUT", share: 0.2 })]);
    await expect(runTiny(beyond, { platform: await tinyPlatform() })).rejects.toThrow(/raise the share/);
  });
});

it("widths set by hand are not searched", async () => {
  const layers = { conv2: { wBits: 3, aBits: 5 }, logits: { wBits: 4 } };
  const run = await runTiny(tinyDocument([{ ...clip({ episodes: 1 }), layers }]), { platform: await tinyPlatform() });
  expect(widths(run).weights).toEqual([
    ["conv1", 8],
    ["conv2", 3],
    ["logits", 4],
  ]);
  expect(widths(run).activations).toContainEqual(["pool1", 5]);
});

/** A convolution whose input is also added to its output, on the tiny images. */
function residual(): Snapshot {
  const b = networkBuilder("residual", [12, 12, 1]);
  const x = b.activation(b.conv2d(b.input, { filters: 4, kernelSize: 3, strides: 2 }, "conv1"), "relu", "relu1");
  const y = b.conv2d(x, { filters: 4, kernelSize: 3 }, "conv2");
  const sum = b.activation(b.add([y, x], "sum"), "relu", "relu2");
  const network = b.build(b.dense(b.globalAvgPool(sum), { units: tinyClasses }, "logits"));
  return plainSnapshot(network, initializeValues(network, 1));
}

it("a shortcut stays as it is beside a reader of few bits", async () => {
  const platform = await tinyPlatform({ residual: residual() });
  const decided: DecisionTrace[] = [];
  const document = tinyDocument(
    [{ ...clip({ budget: "bops", episodes: 1, share: 0.5 }), layers: { conv2: { aBits: 4 } } }],
    {
      model: { source: "file:residual" },
    },
  );
  const run = await runTiny(document, { platform, observer: { onDecision: (trace) => decided.push(trace) } });
  const { network, activations } = decodedOf(run);
  // What conv2 reads has 4 bits, on its own edge; what the sum reads of the same tensor is not rounded.
  expect(activations.get("conv2:0")!.bits).toBe(4);
  expect(activations.has("relu1")).toBe(false);
  const snapshot = decodedOf(run);
  const node = (id: string) => network.nodes.find((n) => n.id === id)!;
  expect(inputBits(snapshot, node("conv2"), 0)).toBe(4);
  expect(inputBits(snapshot, node("sum"), 1)).toBe(32);
  // The decision tells widths: 4 bits on that edge, fewer than 8 in the kernel.
  expect(decided).toHaveLength(1);
  const taken = decided[0] as Extract<DecisionTrace, { kind: "taken" }>;
  expect(taken.activations).toContainEqual({ node: "conv2:0", before: 32, after: 4 });
  const conv2 = taken.layers.find(({ layer }) => layer === "conv2")!;
  expect([conv2.codes!.before.bits, conv2.codes!.after.bits < 8]).toEqual([32, true]);
});

describe("a run", () => {
  it("by DDPG keeps to the budget too, and is the same each time", async () => {
    const document = tinyDocument([clip({ agent: "ddpg", episodes: 3, budget: "bops" })]);
    const [first, again] = [
      await runTiny(document, { platform: await tinyPlatform() }),
      await runTiny(document, { platform: await tinyPlatform() }),
    ];
    expect(again.result.artefact.sha256).toBe(first.result.artefact.sha256);
    expect(first.result.trialSteps).toBe(9);
    expect(widths(first).weights[1]![1]).toBeLessThan(8);
  });

  it("trials are counted beside the axis; greedy tries one plan", async () => {
    const told: RunProgress[] = [];
    const observer = { onProgress: (progress: RunProgress) => void told.push(progress) };
    const document = tinyDocument([clip()]);
    const first = await runTiny(document, { platform: await tinyPlatform(), observer });
    expect(first.result.trialSteps).toBe(12);
    expect(told.find(({ trial }) => trial?.number === 4)).toMatchObject({ step: 0, trial: { of: 4, steps: 3 } });
    expect(first.result.final.step).toBe(6);
    const greedy = await runTiny(tinyDocument([clip({ agent: "greedy" })]), { platform: await tinyPlatform() });
    expect(greedy.result.trialSteps).toBe(3);
  });

  it("that goes on inside the clip ends in the same file, and so does one that goes on inside the search", async () => {
    const platform = await tinyPlatform();
    // A boundary inside: an instant that changes nothing of the widths.
    const clips = [clip({}, 8), { block: "prune.magnitude", start: 4, params: { sparsity: 0.1 } }];
    const whole = await runTiny(tinyDocument(clips), { platform });
    const resumed = await runTiny(tinyDocument(clips), { platform, restoreUpTo: 4 });
    expect(resumed.restoredAt).toBe(4);
    expect(resumed.result.artefact.sha256).toBe(whole.result.artefact.sha256);
    expect(resumed.result.trialSteps).toBe(12);

    const other = await tinyPlatform();
    const control = new RunControl();
    const stopAtThird = { onProgress: ({ trial }: RunProgress) => trial?.number === 3 && control.cancel() };
    const observer = { onProgress: (progress: RunProgress) => void stopAtThird.onProgress(progress) };
    const tensors = tf.memory().numTensors;
    const from = performance.now();
    await expect(runTiny(tinyDocument(clips), { platform: other, control, observer })).rejects.toThrow(/stopped/);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(performance.now() - from).toBeLessThan(5000);
    const after = await runTiny(tinyDocument(clips), { platform: other });
    expect(after.result.artefact.sha256).toBe(whole.result.artefact.sha256);
  });

  it("trains on as if there had been no trials: the plan set by hand gives the same file", async () => {
    const searched = await runTiny(tinyDocument([clip()]), { platform: await tinyPlatform() });
    const found = new Map(widths(searched).weights);
    const layers = { conv2: { wBits: found.get("conv2")! } };
    const byHand = await runTiny(tinyDocument([{ ...clip({ episodes: 1, fineTuneSteps: 0 }), layers }]), {
      platform: await tinyPlatform(),
    });
    expect(byHand.result.tensors).toEqual(searched.result.tensors);
    expect([...decodedOf(byHand).values]).toEqual([...decodedOf(searched).values]);
  });
});
