/**
 * Pruning by learned importance scores (after Xu et al. 2022, who prune vision transformers): before each linear map that
 * reads a unit, the unit is multiplied by a learned `a = sigmoid(theta)`, trained by the loss plus `strength * mean a`;
 * at the end of each round the units of smallest a, over the whole network, go, and the next round begins with fresh
 * scores. Distillation is a clip of its own beside this one.
 *
 * The factors are folded into the weights of the readers after every step, not only at the end of a round: the forward
 * pass has `a / folded`, which is 1 and carries the gradient, and the update moves weights by what that has become. So
 * a snapshot is at any time the network that trains, and folding changes no logit.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Network } from "../../../core/network";
import { plainSnapshot } from "../../../core/snapshot";
import type { ChannelGroup, ChannelSlices } from "../../../surgery/channel-groups";
import type { LearnedTensor } from "../../../training/learned-tensors";
import type { BlockImplementation, ModelAccess } from "../../block";
import { ofNetwork } from "../../shared/pruning/of-network";
import { perRoundSchedule } from "../../shared/pruning/rounds";
import { structuredPruning, targetGroups } from "../../shared/pruning/structured-pruning";
import { followsUnits, readingSlices, scaledByUnits } from "../../shared/pruning/unit-factors";
import { meta } from "./meta";

/** sigmoid(3) is 0.953: nearly open, and not yet flat. */
const initialTheta = 3;
/** Beyond, a sigmoid is flat. */
const largestTheta = 8;

/** `sigmoid(3 + rate u)` of what the optimizer moves. */
export const scoresOf = (u: tf.Tensor, rate: number): tf.Tensor =>
  tf.sigmoid(tf.clipByValue(tf.add(tf.mul(u, rate), initialTheta), -largestTheta, largestTheta));

interface Scores {
  /** Theta is `3 + rate u`. */
  readonly u: LearnedTensor;
  /** What of the scores is in the weights already. */
  readonly folded: LearnedTensor;
}

interface Reader {
  readonly group: string;
  readonly slice: ChannelSlices;
}

export const pdip: BlockImplementation<typeof meta.params> = (context) => {
  const { params, services } = context;
  const groupsOf = ofNetwork((network) => targetGroups(plainSnapshot(network, new Map()), params.targets, meta.id));
  const readersOf = ofNetwork((network) => {
    const readers = new Map<string, Reader[]>();
    for (const group of groupsOf(network)) {
      for (const slice of readingSlices(group)) {
        readers.set(slice.parameter, [...(readers.get(slice.parameter) ?? []), { group: group.id, slice }]);
      }
    }
    return readers;
  });
  /** Names of those that were made: one set for each round. */
  const made = new Set<string>();
  let round = 0;
  let network: Network | undefined;
  /** Group -> scores, of the network at hand. */
  let current = new Map<string, Scores>();

  const scoresFor = (group: ChannelGroup): Scores => {
    const { id, units } = group;
    const name = `${round}/${id}`;
    const follows = followsUnits(group);
    const u = services.variable(`u/${name}`, new Float32Array(units), [units], { follows });
    const open = new Float32Array(units).fill(1 / (1 + Math.exp(-initialTheta)));
    const folded = services.variable(`folded/${name}`, open, [units], { trainable: false, follows });
    // Weights are the network's own at the start, and hold all of the scores in a run that goes on.
    if (!made.has(name)) folded.assign(() => scoresOf(u.tensor, params.scoreRate));
    made.add(name);
    return { u, folded };
  };
  const follow = (model: ModelAccess) => {
    if (model.network === network) return;
    network = model.network;
    current = new Map(groupsOf(network).map((group) => [group.id, scoresFor(group)]));
  };
  const nextRound = (next: number, model: ModelAccess) => {
    round = next;
    network = undefined;
    follow(model);
  };
  /** What the scores have become since they were folded last, times the weights. */
  const rescaled = (kernel: tf.Tensor, readers: readonly Reader[]): tf.Tensor =>
    readers.reduce((value, { group, slice }) => {
      const scores = current.get(group)!;
      return scaledByUnits(value, slice, tf.div(scoresOf(scores.u.tensor, params.scoreRate), scores.folded.tensor));
    }, kernel);

  const pruning = structuredPruning(
    {
      ...context,
      params: {
        ...params,
        ...perRoundSchedule(params),
        endFraction: 1,
      },
    },
    meta.id,
    (_snapshot, groups) => Promise.all(groups.map(({ id }) => current.get(id)!.folded.values())),
  );

  return {
    rounds: { count: params.rounds, endFraction: 1 },
    async onBegin(model) {
      await pruning.onBegin?.(model);
      nextRound(0, model);
    },
    async onRound(next, model) {
      // The first choice comes after the first interval.
      if (next === 0) return;
      follow(model);
      await pruning.onRound?.(next - 1, model);
      nextRound(next, model);
    },
    onStep(_step, model) {
      follow(model);
    },
    parameter(name, value) {
      const readers = network && readersOf(network).get(name);
      return readers ? rescaled(value, readers) : value;
    },
    losses: [
      {
        name: "mean-score",
        compute() {
          const all = [...current.values()].map(({ u }) => scoresOf(u.tensor, params.scoreRate));
          return tf.mul(tf.mean(tf.concat(all)), params.strength);
        },
      },
    ],
    afterUpdate(_step, model) {
      if (model.network !== network) return;
      for (const [name, readers] of readersOf(network)) model.update(name, (kernel) => rescaled(kernel, readers));
      for (const { u, folded } of current.values()) folded.assign(() => scoresOf(u.tensor, params.scoreRate));
    },
    async onEnd(model, reason) {
      if (reason !== "finished") return;
      follow(model);
      await pruning.onRound?.(params.rounds - 1, model);
      model.replace(await services.recalibrateBatchNorm(await model.snapshot()));
    },
    // No layer is called "".
    state: () => ({ ...pruning.state?.(), "": round }),
    resume({ "": last, ...histories }, model, snapshots) {
      pruning.resume?.(histories, model, snapshots);
      nextRound(Number(last), model);
    },
  };
};
