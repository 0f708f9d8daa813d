/**
 * Variational channel distribution pruning (after Chang et al. 2022): each scale of batch normalization is a normal
 * distribution, `gamma ~ N(mu, v)`. While the clip lasts it is drawn anew at each step, `mu + sqrt(v) e`, v is learned
 * beside mu, and `strength * KL(N(mu, v) || N(0, 1))` pulls both to the prior; the loss holds v down where the network
 * minds the noise. At the end the channels of large variance go, relative to `mu^2` (whatever the scale of the layer) or
 * as it is (the survey's wording). The network itself always computes with mu.
 */
import * as tf from "@tensorflow/tfjs-core";
import { effectiveValues } from "../../../quantizers/effective";
import type { Network } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { absorbOffsets } from "../../../surgery/absorb-offsets";
import { type ChannelGroup, unitOfElement } from "../../../surgery/channel-groups";
import { removeChannels, type RemovalResult } from "../../../surgery/remove-channels";
import type { LearnedTensor } from "../../../training/learned-tensors";
import type { BlockImplementation, LayerChoice } from "../../block";
import type { ParamsOf } from "../../params";
import { gammaSlices, scaledGroups, scoredGammas } from "../../shared/pruning/gamma-scores";
import { normalTensor } from "../../shared/noise";
import { ofNetwork } from "../../shared/pruning/of-network";
import { chooseUnits, type UnitRemovals } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

type Params = ParamsOf<typeof meta.params>;

/** By name of a gamma: the variance of each of its channels. */
export type Variances = ReadonlyMap<string, Float32Array>;

/** Keeps the relative variance finite where a mean is 0; far below any trained scale. */
const smallestSquare = 1e-12;

/** KL from N(mean, v) to N(0, 1) of each channel: `(v + mean^2 - 1 - ln v) / 2`. */
export const divergence = (mean: tf.Tensor, logVariance: tf.Tensor): tf.Tensor =>
  tf.mul(tf.sub(tf.add(tf.exp(logVariance), tf.square(mean)), tf.add(logVariance, 1)), 0.5);

/** Whether a scale is there at all: masked ones are exactly 0, and have neither noise nor a prior. */
const present = (mean: tf.Tensor): tf.Tensor => tf.cast(tf.notEqual(mean, 0), "float32");

/** A draw of the scales by reparameterization. @param noise standard normal */
export const drawn = (mean: tf.Tensor, logVariance: tf.Tensor, noise: tf.Tensor): tf.Tensor =>
  tf.add(mean, tf.mul(tf.mul(tf.exp(tf.mul(logVariance, 0.5)), noise), present(mean)));

/**
 * The variance of each unit of a group. Layers that are joined by an addition make one sum of their channels, so that
 * noise and signal of all of them are added: relative is `sum v / sum mu^2`; absolute is the mean of v. Scales without a
 * known variance are left out, and a unit that has no other gets 0.
 */
export function unitVariances(
  snapshot: Snapshot,
  group: ChannelGroup,
  variances: Variances,
  mode: Params["mode"],
): Float32Array {
  const noise = new Float64Array(group.units);
  const signal = new Float64Array(group.units);
  const counts = new Float64Array(group.units);
  for (const slice of gammaSlices(snapshot, group)) {
    const mean = effectiveValues(valuesOf(snapshot, slice.parameter), snapshot.states.get(slice.parameter));
    const variance = variances.get(slice.parameter);
    if (variance?.length !== mean.length) continue;
    mean.forEach((mu, i) => {
      const unit = unitOfElement(slice, i);
      if (unit < 0) return;
      noise[unit]! += variance[i]!;
      signal[unit]! += mu * mu;
      counts[unit]!++;
    });
  }
  return Float32Array.from(noise, (sum, u) =>
    counts[u] === 0 ? 0 : sum / (mode === "relative" ? Math.max(signal[u]!, smallestSquare) : counts[u]!),
  );
}

/** The units of each group whose variance is at least the threshold, the most uncertain first. */
export function uncertainUnits(
  snapshot: Snapshot,
  variances: Variances,
  { mode, threshold }: Pick<Params, "mode" | "threshold">,
  layers?: ReadonlyMap<string, LayerChoice>,
): UnitRemovals {
  const groups = scaledGroups(snapshot, meta.id);
  const scores = groups.map((group) => unitVariances(snapshot, group, variances, mode).map((variance) => -variance));
  const limits = groups.map(() => -threshold);
  return chooseUnits(snapshot, groups, scores, { sparsity: 0, scope: "local", layers, limits });
}

/** The network without them. */
export function dropUncertain(
  snapshot: Snapshot,
  variances: Variances,
  params: Pick<Params, "mode" | "threshold" | "roundTo">,
  layers?: ReadonlyMap<string, LayerChoice>,
): RemovalResult {
  const removals = uncertainUnits(snapshot, variances, params, layers);
  const { roundTo } = params;
  return removeChannels(absorbOffsets(snapshot, removals, { roundTo }), removals, { roundTo });
}

export const vcd: BlockImplementation<typeof meta.params> = ({ params, layers, services, rng }) => {
  const gammasOf = ofNetwork((network) => scoredGammas(network, meta.id));
  const initial = Math.log(params.initialVariance);
  /** By gamma, of the network as it is. The variance is `exp(initial + rate * u)`, so that u learns at the rate of the weights. */
  let learned = new Map<string, LearnedTensor>();

  const variable = (gamma: string, channels: number): LearnedTensor =>
    services.variable(gamma, new Float32Array(channels), [channels], { follows: { parameter: gamma, axes: [0] } });
  const follow = (network: Network): void => {
    learned = new Map([...gammasOf(network)].map(([gamma, channels]) => [gamma, variable(gamma, channels)]));
  };
  const logVariance = ({ tensor }: LearnedTensor) => tf.add(tf.mul(tensor, params.varianceRate), initial);

  return {
    onBegin: async (model) => Promise.resolve(follow(model.network)),
    resume: (_state, model) => {
      follow(model.network);
    },
    onStep: (_step, model) => {
      follow(model.network);
    },
    parameter(name, value, step) {
      const own = learned.get(name);
      if (!own) return value;
      return drawn(value, logVariance(own), normalTensor(value.shape, rng(`noise/${step}/${name}`)));
    },
    losses: [
      {
        name: "divergence",
        compute: ({ parameter }) =>
          [...learned].reduce<tf.Scalar>((sum, [name, own]) => {
            const mean = parameter(name);
            const all = tf.sum(tf.mul(divergence(mean, logVariance(own)), present(mean)));
            return tf.add(sum, tf.mul(all, params.strength));
          }, tf.scalar(0)),
      },
    ],
    async onEnd(model, reason) {
      if (reason !== "finished") return;
      const variances = new Map<string, Float32Array>();
      for (const [name, own] of learned) {
        const u = await own.values();
        variances.set(
          name,
          u.map((value) => Math.exp(initial + params.varianceRate * value)),
        );
      }
      const { snapshot, kept } = dropUncertain(await model.snapshot(), variances, params, layers);
      model.replace(await services.recalibrateBatchNorm(snapshot), kept);
    },
  };
};
