/**
 * Progressive masks that are learned (our reading of what the survey says of PPCD-GAN): each channel has a score theta
 * and a mask `m = sigmoid(k theta)`; k grows from 1 to `steepness` over the clip, and `lambda * mean m` is added to the
 * loss. From `hardFrom` on the network computes with `1[m > 0.5]` and learns through m. At the end the channels that are
 * off are removed and the masks are forgotten: those that are on are 1 by then, so that what is left is the network that
 * was trained. Where a share to remove is given, an offset common to all scores follows it. That is what a lambda tuned to
 * it would do, but the channels about to change sides stay near 0, where masks of any steepness learn.
 *
 * The source masks each convolution of residual blocks; here all layers of the wanted kind are masked (where exactly,
 * `masked-places.ts`). In between, the network as it is measured is without masks.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Network } from "../../../core/network";
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import type { ChannelGroup } from "../../../surgery/channel-groups";
import { removeChannels, type RemovalResult } from "../../../surgery/remove-channels";
import type { LearnedTensor } from "../../../training/learned-tensors";
import type { BlockImplementation, LayerChoice } from "../../block";
import type { ParamsOf } from "../../params";
import { ofNetwork } from "../../shared/pruning/of-network";
import { removalCount } from "../../shared/pruning/select";
import { followsUnits, scaledByUnits } from "../../shared/pruning/unit-factors";
import { chooseUnits, targetGroups, type UnitRemovals } from "../../shared/pruning/structured-pruning";
import { type MaskedPlace, maskedPlaces } from "./masked-places";
import {
  dividing,
  hardMask,
  type KeepRule,
  keepRule,
  softMask,
  steepnessAt,
  straightThrough,
  withVetoes,
} from "./masks";
import { meta } from "./meta";

type Params = ParamsOf<typeof meta.params>;

/** The units of each group that are off, the lowest scores first; a layer's own share goes by the order of its scores. */
export function unitsOff(
  snapshot: Snapshot,
  scores: ReadonlyMap<string, Float32Array>,
  targets: Params["targets"],
  layers?: ReadonlyMap<string, LayerChoice>,
): UnitRemovals {
  const groups = targetGroups(snapshot, targets, meta.id);
  // A group that was cut since its scores were learned stays whole.
  const scored = groups.filter(({ id, units }) => scores.get(id)?.length === units);
  const limits = scored.map(() => 0);
  return chooseUnits(
    snapshot,
    scored,
    scored.map(({ id }) => scores.get(id)!),
    { sparsity: 0, scope: "local", layers, limits },
  );
}

export const dropOff = (...args: Parameters<typeof unitsOff>): RemovalResult =>
  removeChannels(args[0], unitsOff(...args));

/** Share of the clip after which the share aimed at is gone; before, it grows with the steps. */
const reachedAt = 0.7;

/** How many of `units` channels are off after a step, where `sparsity` is aimed at. */
export const offAfter = (step: number, steps: number, sparsity: number, units: number): number =>
  removalCount(sparsity * Math.min(1, (step + 1) / (reachedAt * steps)), units);

/** What the hooks need of the graph as it is. */
interface Plan {
  readonly groups: readonly ChannelGroup[];
  readonly places: ReadonlyMap<string, readonly MaskedPlace[]>;
  readonly rules: ReadonlyMap<string, KeepRule>;
  /** Units of the groups that have no share of their own: those that the penalty is about. */
  readonly free: number;
}

export const ppRes: BlockImplementation<typeof meta.params> = ({ params, steps, layers, services }) => {
  const isFree = ({ id }: ChannelGroup) => layers.get(id)?.sparsity === undefined;
  const planOf = ofNetwork((network: Network): Plan => {
    const groups = targetGroups(plainSnapshot(network, new Map()), params.targets, meta.id);
    return {
      groups,
      places: maskedPlaces(network, groups),
      rules: new Map(groups.map((group) => [group.id, keepRule(network, group, layers.get(group.id))])),
      free: groups.filter(isFree).reduce((sum, { units }) => sum + units, 0),
    };
  });
  /** By group, of the network as it is. The score is `initial + rate * u`, so that u learns at the rate of the weights. */
  let made = new Map<string, LearnedTensor>();
  /** Taken off all scores, so that the share aimed at is off. */
  let offset: LearnedTensor | undefined;
  let plan: Plan | undefined;
  let now = 0;
  /** Of the step at hand, by group, in the tape. */
  const soft = new Map<string, tf.Tensor>();
  const applied = new Map<string, tf.Tensor>();

  const follow = (network: Network): void => {
    plan = planOf(network);
    made = new Map(
      plan.groups.map((group) => {
        const { id, units } = group;
        return [id, services.variable(id, new Float32Array(units), [units], { follows: followsUnits(group) })] as const;
      }),
    );
    offset ??= services.variable("offset", new Float32Array(1), [], { trainable: false });
  };
  const ownScores = (group: ChannelGroup): tf.Tensor =>
    tf.add(tf.mul(made.get(group.id)!.tensor, params.scoreRate), params.initialScore);
  const scoresOf = (group: ChannelGroup): tf.Tensor =>
    isFree(group) ? tf.sub(ownScores(group), offset!.tensor) : ownScores(group);

  const softOf = (group: ChannelGroup): tf.Tensor => {
    const known = soft.get(group.id) ?? softMask(scoresOf(group), steepnessAt(now, steps, params.steepness));
    soft.set(group.id, known);
    return known;
  };
  const maskOf = (group: ChannelGroup): tf.Tensor => {
    const known = applied.get(group.id);
    if (known) return known;
    const hard = now >= Math.floor(params.hardFrom * steps);
    const mask = hard
      ? straightThrough(softOf(group), hardMask(scoresOf(group), plan!.rules.get(group.id)!))
      : softOf(group);
    applied.set(group.id, mask);
    return mask;
  };
  const forget = () => {
    soft.clear();
    applied.clear();
  };

  /** Share of the free units that is on. */
  const kept = (): tf.Scalar =>
    tf.tidy(() => {
      const { groups, rules, free } = plan!;
      const on = groups
        .filter(isFree)
        .map((group) => tf.sum(hardMask(scoresOf(group), rules.get(group.id)!)))
        .reduce<tf.Scalar>((sum, count) => tf.add(sum, count), tf.scalar(0));
      return tf.div(on, Math.max(1, free));
    });

  return {
    onBegin: async (model) => Promise.resolve(follow(model.network)),
    resume: (_state, model) => {
      follow(model.network);
    },
    onStep(step, model) {
      now = step;
      forget();
      follow(model.network);
    },
    parameter(name, value) {
      const { groups = [], places } = plan ?? {};
      return (places?.get(name) ?? []).reduce((result, place) => {
        const group = groups.find(({ id }) => id === place.group)!;
        return scaledByUnits(result, place, maskOf(group));
      }, value);
    },
    losses: [
      {
        name: "channels-on",
        compute() {
          const { groups, free } = plan!;
          const sum = groups
            .filter(isFree)
            .reduce<tf.Scalar>((total, group) => tf.add(total, tf.sum(softOf(group))), tf.scalar(0));
          return tf.mul(sum, params.strength / Math.max(1, free));
        },
      },
    ],
    afterUpdate(step) {
      forget();
      if (params.aim === "strength") return;
      const { groups, rules, free } = plan!;
      const off = offAfter(step, steps, params.sparsity, free);
      offset!.assign(() => {
        const ranked = groups.filter(isFree).map((group) => withVetoes(ownScores(group), rules.get(group.id)!));
        return ranked.length === 0 ? tf.scalar(0) : dividing(tf.concat(ranked), off);
      });
    },
    figures: [{ name: "share-on", read: kept }],
    async onEnd(model, reason) {
      forget();
      if (reason !== "finished" || !plan) return;
      const scores = new Map<string, Float32Array>();
      for (const group of plan.groups) {
        const own = tf.tidy(() => scoresOf(group));
        scores.set(group.id, (await own.data()) as Float32Array);
        own.dispose();
      }
      const { snapshot, kept: slices } = dropOff(await model.snapshot(), scores, params.targets, layers);
      model.replace(await services.recalibrateBatchNorm(snapshot), slices);
    },
  };
};
