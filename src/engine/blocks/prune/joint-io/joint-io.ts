/**
 * Joint regularization of output and input channels (after Qi et al. 2021): the weights that make a channel and those
 * that read it are one group of a group lasso, `strength * sum_c sqrt(|K_l[..., c]|^2 + |K_l+1[:, :, c, :]|^2)`, and the
 * squared sum is what ranks the channels at each round. Where additions join layers, all of them count as one.
 */
import * as tf from "@tensorflow/tfjs-core";
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import type { ChannelGroup, ChannelSlices } from "../../../surgery/channel-groups";
import type { BlockImplementation } from "../../block";
import type { ParamsOf } from "../../params";
import { ofNetwork } from "../../shared/pruning/of-network";
import { structuredPruning, targetGroups, unitSums } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

/** `|K_l[..., c]|^2 + |K_l+1[:, :, c, :]|^2` of each unit; ranked together, by weight. */
export const jointScores = (
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  { scope }: Pick<ParamsOf<typeof meta.params>, "scope">,
): Float32Array[] =>
  groups.map((group) => {
    const of = (w: number) => w * w;
    const made = unitSums(snapshot, group, { side: "makes", role: "kernel", of });
    const read = unitSums(snapshot, group, { side: "reads", role: "kernel", of });
    return Float32Array.from(made.sums, (sum, u) => {
      const weights = scope === "global" ? Math.max(1, made.counts[u]! + read.counts[u]!) : 1;
      return (sum + read.sums[u]!) / weights;
    });
  });

/** The kernel slices of a group that its penalty is made of. */
const penalized = ({ slices, producers }: ChannelGroup): ChannelSlices[] =>
  slices.filter(({ role, side, node }) => role === "kernel" && (side === "reads" || producers.includes(node)));

/** Keeps the gradient finite where all weights of a channel are 0; far below any trained norm. */
const epsilon = 1e-12;

/** The penalty of one group, a scalar. Inside the tape. */
export function groupPenalty(group: ChannelGroup, parameter: (name: string) => tf.Tensor): tf.Scalar {
  const sums = penalized(group).map((slice) => {
    const kernel = parameter(slice.parameter);
    const others = kernel.shape.map((_, axis) => axis).filter((axis) => axis !== slice.axis);
    const along = tf.sum(tf.square(kernel), others);
    // Index along the axis -> unit; rows of other groups (-1) are all zeros.
    const units = tf.cast(tf.oneHot(tf.tensor1d(slice.unitOf, "int32"), group.units), "float32") as tf.Tensor2D;
    return tf.matMul(tf.reshape(along, [1, -1]), units);
  });
  const [first, ...rest] = sums;
  const squared = rest.reduce<tf.Tensor>((sum, next) => tf.add(sum, next), first!);
  return tf.sum(tf.sqrt(tf.add(squared, epsilon)));
}

export const jointIo: BlockImplementation<typeof meta.params> = (context) => {
  const { params } = context;
  const groupsOf = ofNetwork((network) => targetGroups(plainSnapshot(network, new Map()), params.targets, meta.id));
  let groups: readonly ChannelGroup[] = [];
  return {
    ...structuredPruning(context, meta.id, (snapshot, all) => jointScores(snapshot, all, params)),
    onStep(_step, model) {
      groups = groupsOf(model.network);
    },
    losses: [
      {
        name: "joint-norms",
        compute: ({ parameter }) =>
          tf.mul(
            groups.reduce<tf.Tensor>((sum, group) => tf.add(sum, groupPenalty(group, parameter)), tf.scalar(0)),
            params.strength,
          ),
      },
    ],
  };
};
