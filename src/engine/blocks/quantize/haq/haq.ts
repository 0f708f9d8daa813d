/**
 * HAQ (Wang et al. 2019): an agent gives every layer a width of its own within a budget. Each episode proposes a plan,
 * bits are lowered until the budget holds, a copy of the network is quantized by it and trained for a few steps, and the
 * validation score that it keeps (of classification, accuracy) is the reward. The best plan is put in place, and the
 * clip's steps train under it.
 *
 * The source's agent is DDPG over 600 episodes, which is here in a tiny form; by default the cross-entropy method stands
 * in for it, as it learns from 40. The network that is quantized has batch normalization folded, and the first and the
 * last layer keep widths of their own, as in the authors' code. Where only bytes count, what layers read costs nothing,
 * and its width is not searched.
 */
import type { BitPlan, LayerWidths } from "../../../core/bit-plan";
import { floatBits } from "../../../core/effective";
import { EngineError } from "../../../core/errors";
import { weightedNodes } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import {
  type DeviceProfile,
  deviceProfiles,
  type LatencyEntry,
  type LatencyTable,
} from "../../../metrics/device-profile";
import { effectiveValues } from "../../../quantizers/effective";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import type { ActivationSample, BlockImplementation, ClipContext, ClipServices } from "../../block";
import type { ParamsOf } from "../../params";
import { activationError, activationQuantizer } from "../../shared/quantization/calibration";
import { layerBits, quantizeActivations, quantizeWeights } from "../../shared/quantization/quantize";
import { greedyBits } from "./greedy";
import type { meta } from "./meta";
import { type Decision, type PlanSpace, planOf, rewardOf } from "./plan-space";
import { crossEntropySearch, ddpgSearch } from "./search";

type Params = ParamsOf<typeof meta.params>;
type Samples = ReadonlyMap<string, ActivationSample>;

/** The width that the budget is a share of. */
const fullBits = 8;
/** Ranges of activations follow the data in this share of the clip, and keep so much of themselves at each step. */
const freezeAt = 0.5;
const rangeDecay = 0.99;

export const haq: BlockImplementation<typeof meta.params> = (context) => {
  const { steps } = context;
  return {
    rounds: { count: 1, endFraction: 1 },
    async onRound(_round, model) {
      const snapshot = await model.snapshot();
      model.replace(await searched(snapshot, context));
    },
    onStep(step, model) {
      model.observeActivations({ decay: rangeDecay, frozen: step >= freezeAt * steps });
    },
    onEnd(model) {
      model.observeActivations({ decay: rangeDecay, frozen: true });
      return Promise.resolve();
    },
  };
};

/** The network quantized by the best plan that was tried. */
async function searched(snapshot: Snapshot, context: ClipContext<typeof meta.params>): Promise<Snapshot> {
  const { params, services, rng } = context;
  if (params.bMin > params.bMax) {
    throw new EngineError("invalid-params", `bMin must be at most bMax, got ${params.bMin} and ${params.bMax}`, {
      details: { parameter: "bMin" },
    });
  }
  const folded = foldBatchNorm(snapshot);
  const samples = await services.sampleActivations(
    { ...folded, activations: new Map() },
    [...new Set(weightedNodes(folded.network).map(({ inputs }) => inputs[0]!))],
    params.images,
  );
  const space = planSpace(folded, context);
  const quantized = (of: Snapshot, plan: BitPlan) => quantizedBy(of, plan, params, samples);
  const reference = await services.score(snapshot);
  const episodes = params.agent === "greedy" ? 1 : params.episodes;
  let episode = 0;
  const judge = async (bits: readonly number[]) => {
    const { score } = await services.trial({
      from: folded,
      change: (copy) => quantized(copy, planOf(space, bits)),
      steps: params.fineTuneSteps,
      score: (trained) => services.score(trained),
      scoredBy: "task",
      observer: { decay: rangeDecay, frozen: false },
      number: ++episode,
      of: episodes,
    });
    return { bits, reward: rewardOf(score, reference) };
  };
  const search = { space, episodes, judge, rng };
  const best = await {
    cem: () => crossEntropySearch(search),
    ddpg: () => ddpgSearch(search, folded.network),
    greedy: async () => {
      const errorOf = await roundingErrors(folded, space, params, samples, () => services.between());
      return judge(greedyBits(space, errorOf));
    },
  }[params.agent]();
  return quantized(folded, planOf(space, best.bits));
}

/** What is searched of a network, within what budget. */
export function planSpace(
  snapshot: Snapshot,
  {
    params,
    services,
    layers,
  }: Pick<ClipContext<typeof meta.params>, "params" | "layers"> & {
    readonly services: Pick<ClipServices, "cost">;
  },
): PlanSpace {
  const { bMin, bMax, edgeBits, aBits, budget, share } = params;
  const nodes = weightedNodes(snapshot.network);
  const inner = layerBits(snapshot.network, 0, edgeBits);
  const decisions: Decision[] = [];
  const fixed = new Map<string, LayerWidths>();
  for (const { id } of nodes) {
    const byHand = layers.get(id);
    const edge = inner.get(id) !== 0;
    const wBits = byHand?.wBits ?? (edge ? edgeBits : undefined);
    const read = byHand?.aBits ?? (edge && aBits !== floatBits ? edgeBits : budget === "size" ? aBits : undefined);
    if (wBits === undefined) decisions.push({ layer: id, of: "wBits" });
    if (read === undefined) decisions.push({ layer: id, of: "aBits" });
    fixed.set(id, { ...(wBits === undefined ? {} : { wBits }), ...(read === undefined ? {} : { aBits: read }) });
  }
  const profile = budget === "latencyLUT" ? latencyTable(snapshot, deviceProfiles[params.device], services) : undefined;
  const unit = { size: "bytes", bops: "bops", latencyLUT: "latencyMs" } as const;
  const cost = (plan: BitPlan) => services.cost(snapshot, plan, profile)[unit[budget]];
  const full = cost(uniformPlan(snapshot, fullBits, fullBits));
  return { decisions, fixed, bMin, bMax, cost, budget: share * full };
}

const uniformPlan = ({ network }: Snapshot, wBits: number, aBits: number): BitPlan =>
  new Map(weightedNodes(network).map(({ id }) => [id, { wBits, aBits }]));

const tableWidths = [2, 3, 4, 5, 6, 7, 8];

/** The look-up table: each layer's latency at each pair of widths. */
function latencyTable(snapshot: Snapshot, device: DeviceProfile, services: Pick<ClipServices, "cost">): LatencyTable {
  const layers = new Map<string, LatencyEntry[]>(weightedNodes(snapshot.network).map(({ id }) => [id, []]));
  for (const wBits of tableWidths) {
    for (const aBits of [...tableWidths, floatBits]) {
      const cost = services.cost(snapshot, uniformPlan(snapshot, wBits, aBits), device);
      for (const [id, { latencyMs }] of cost.layers) layers.get(id)!.push({ wBits, aBits, ms: latencyMs });
    }
  }
  return { kind: "table", name: device.name, layers };
}

/** @param samples outputs of the network before it was quantized */
async function quantizedBy(snapshot: Snapshot, plan: BitPlan, params: Params, samples: Samples): Promise<Snapshot> {
  const weights = quantizeWeights(snapshot, { ...params, wBits: params.bMax, plan });
  return quantizeActivations(
    weights,
    { ...params, plan },
    { sampleActivations: (_, ids) => Promise.resolve(new Map(ids.map((id) => [id, samples.get(id)!]))) },
  );
}

/** Squared rounding error of each decision's values over their squares, by bits. */
async function roundingErrors(
  snapshot: Snapshot,
  { decisions, bMin, bMax }: PlanSpace,
  params: Params,
  samples: Samples,
  between: () => Promise<void>,
): Promise<(decision: number, bits: number) => number> {
  const nodes = new Map(weightedNodes(snapshot.network).map((node) => [node.id, node]));
  const errors: number[][] = [];
  for (const { layer, of } of decisions) {
    const node = nodes.get(layer)!;
    const { name } = node.params.kernel!;
    const weights = effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name));
    const sample = samples.get(node.inputs[0]!)!;
    const row: number[] = [];
    for (let bits = bMin; bits <= bMax; bits++) {
      await between();
      if (of === "aBits") {
        const quantizer = activationQuantizer(sample, bits, params.calibration, params.percentile);
        row.push(activationError(sample.values, quantizer) / squares(sample.values));
      } else {
        const after = quantizeWeights(snapshot, { ...params, wBits: bits, edgeBits: bits }, [layer]);
        const rounded = effectiveValues(valuesOf(after, name), after.states.get(name));
        row.push(weights.reduce((sum, value, i) => sum + (value - rounded[i]!) ** 2, 0) / squares(weights));
      }
    }
    errors.push(row);
  }
  return (decision, bits) => errors[decision]![bits - bMin]!;
}

const squares = (values: Float32Array): number =>
  Math.max(
    Number.MIN_VALUE,
    values.reduce((sum, value) => sum + value * value, 0),
  );
