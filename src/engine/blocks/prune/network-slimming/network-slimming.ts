/**
 * Network slimming (Liu et al. 2017): training with `strength * sum |gamma|`, then one threshold on |gamma| over the
 * whole network. What a removed channel still gives behind its relu, relu(beta), goes into the biases of its readers.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Network } from "../../../core/network";
import type { Snapshot } from "../../../core/snapshot";
import { absorbOffsets } from "../../../surgery/absorb-offsets";
import { removeChannels, type RemovalResult } from "../../../surgery/remove-channels";
import type { BlockImplementation, LayerChoice } from "../../block";
import { gammaScores, scaledGroups, scoredGammas } from "../../shared/pruning/gamma-scores";
import { ofNetwork } from "../../shared/pruning/of-network";
import { chooseUnits } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

/** Names of the gammas that the penalty acts on. */
export const penalizedGammas = (network: Network): string[] => [...scoredGammas(network, meta.id).keys()];

/** The network without the channels of smallest |gamma|, ranked all together. @param sparsity of all channels */
export function slim(
  snapshot: Snapshot,
  sparsity: number,
  roundTo = 1,
  layers?: ReadonlyMap<string, LayerChoice>,
): RemovalResult {
  const groups = scaledGroups(snapshot, meta.id);
  const scores = groups.map((group) => gammaScores(snapshot, group));
  const removals = chooseUnits(snapshot, groups, scores, { sparsity, scope: "global", layers });
  return removeChannels(absorbOffsets(snapshot, removals, { roundTo }), removals, { roundTo });
}

export const networkSlimming: BlockImplementation<typeof meta.params> = ({ params, layers, services }) => {
  const gammasOf = ofNetwork(penalizedGammas);
  let gammas: readonly string[] = [];
  return {
    onStep(_step, model) {
      gammas = gammasOf(model.network);
    },
    losses: [
      {
        name: "gamma-l1",
        compute: ({ parameter }) =>
          gammas.reduce<tf.Scalar>(
            (sum, name) => tf.add(sum, tf.mul(tf.sum(tf.abs(parameter(name))), params.strength)),
            tf.scalar(0),
          ),
      },
    ],
    async onEnd(model, reason) {
      if (reason !== "finished") return;
      const { snapshot, kept } = slim(await model.snapshot(), params.sparsity, params.roundTo, layers);
      model.replace(await services.recalibrateBatchNorm(snapshot), kept);
    },
  };
};
