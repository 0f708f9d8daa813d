/**
 * Structured sparsity learning (Wen et al. 2016): a group lasso, `strength * sum_g |K_g|_2`, over the filters, input
 * channels, kernel places or whole kernels of convolutions. Each update is followed by the penalty's proximal step,
 * which reaches exact zeros where a subgradient never does. At the end zero filters and channels are cut out; zero
 * places and layers are masked, as the shapes stay.
 */
import * as tf from "@tensorflow/tfjs-core";
import { EngineError } from "../../../core/errors";
import { effectiveValues } from "../../../quantizers/effective";
import { type Network, weightedNodes } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import type { KeptSlices } from "../../../training/live-model";
import { removeChannels } from "../../../surgery/remove-channels";
import type { BlockImplementation } from "../../block";
import type { ParamsOf } from "../../params";
import { maskWeights } from "../../shared/pruning/mask-pruning";
import { ofNetwork } from "../../shared/pruning/of-network";
import { targetGroups, unitSums } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

type Params = ParamsOf<typeof meta.params>;
type Groups = Params["groups"];

/** The axes of a kernel [kh, kw, cin, cout] that lie inside one group. */
const groupAxes: { readonly [G in Groups]: readonly number[] } = {
  filter: [0, 1, 2],
  channel: [0, 1, 3],
  shape: [3],
  depth: [0, 1, 2, 3],
};

/** Norms below it have no direction to shrink along. */
const tiny = 1e-30;

/**
 * The proximal step of a group lasso: `K_g <- max(0, 1 - amount / |K_g|) K_g`.
 * @param axes inside one group
 * @param amount learning rate times strength
 */
export function shrinkGroups(kernel: tf.Tensor, axes: readonly number[], amount: number): tf.Tensor {
  const norms = tf.sqrt(tf.sum(tf.square(kernel), [...axes], true));
  return tf.mul(kernel, tf.relu(tf.sub(1, tf.div(amount, tf.maximum(norms, tiny)))));
}

/** Sum of the norms of the groups: the penalty without its strength. */
export const groupNorms = (kernel: tf.Tensor, axes: readonly number[]): tf.Scalar =>
  tf.sum(tf.sqrt(tf.sum(tf.square(kernel), [...axes])));

/** Kernels of convolutions; of those that read other convolutions' channels where input channels are the groups. */
function lassoKernels(network: Network, groups: Groups): string[] {
  const [first, ...rest] = weightedNodes(network).filter(({ op }) => op === "conv2d");
  const nodes = first && groups !== "channel" ? [first, ...rest] : rest;
  if (nodes.length === 0) {
    throw new EngineError(
      "not-prunable",
      `${meta.id} expected convolutions${groups === "channel" ? " that read others" : ""}, got none in ` +
        `'${network.name}'; choose a convolutional network or other groups`,
    );
  }
  return nodes.map((node) => node.params.kernel!.name);
}

/** The network without its zero filters or channels. */
function cutZeros(snapshot: Snapshot, { groups, zeroTolerance, roundTo }: Params) {
  const side = groups === "filter" ? "makes" : "reads";
  const removals = targetGroups(snapshot, "filters", meta.id).map((group) => {
    const { sums } = unitSums(snapshot, group, { side, role: "kernel", of: (w) => w * w });
    const zero = [...sums.keys()].filter((u) => Math.sqrt(sums[u]!) <= zeroTolerance);
    return [group.id, zero.sort((a, b) => sums[a]! - sums[b]! || a - b)] as const;
  });
  return removeChannels(snapshot, new Map(removals), { roundTo });
}

/** Zero places of kernels, or zero kernels, as masks; one weight of each kernel stays. */
function maskZeros(snapshot: Snapshot, { groups, zeroTolerance }: Params): Snapshot {
  const kernels = lassoKernels(snapshot.network, groups);
  const removals = kernels.map((name) => {
    const kernel = effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name));
    const { shape } = weightedNodes(snapshot.network).find(({ params }) => params.kernel!.name === name)!.params
      .kernel!;
    const size = groups === "shape" ? shape.at(-1)! : kernel.length;
    const removed = new Uint8Array(kernel.length);
    for (let from = 0; from < kernel.length; from += size) {
      let squares = 0;
      for (let i = from; i < from + size; i++) squares += kernel[i]! ** 2;
      if (Math.sqrt(squares) <= zeroTolerance) removed.fill(1, from, from + size);
    }
    if (!removed.includes(0)) removed[0] = 0;
    return removed;
  });
  return maskWeights(snapshot, kernels, removals);
}

/** What the zeros that training has made are worth in the end. */
export const harvest = (snapshot: Snapshot, params: Params): { snapshot: Snapshot; kept?: KeptSlices } =>
  params.groups === "filter" || params.groups === "channel"
    ? cutZeros(snapshot, params)
    : { snapshot: maskZeros(snapshot, params) };

export const sslGroupLasso: BlockImplementation<typeof meta.params> = ({ params, services }) => {
  const axes = groupAxes[params.groups];
  const kernelsOf = ofNetwork((network) => lassoKernels(network, params.groups));
  return {
    afterUpdate(_step, model, { learningRate }) {
      for (const kernel of kernelsOf(model.network)) {
        model.update(kernel, (value) => shrinkGroups(value, axes, learningRate * params.strength));
      }
    },
    async onEnd(model, reason) {
      if (reason !== "finished") return;
      const { snapshot, kept } = harvest(await model.snapshot(), params);
      model.replace(await services.recalibrateBatchNorm(snapshot), kept);
    },
  };
};
