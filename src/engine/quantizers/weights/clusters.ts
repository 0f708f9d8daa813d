/**
 * Weight sharing with trained centroids (Han et al. 2016, section 3): each weight belongs to a cluster for good and has
 * the value of its centroid. The optimizer moves the centroids, by the sum of the gradients of their members; the raw
 * weights behind them have no gradient.
 */
import * as tf from "@tensorflow/tfjs-core";
import * as v from "valibot";
import { distinctValues } from "../../codecs/distinct-values";
import { EngineError } from "../../core/errors";
import { sizeOfShape } from "../../core/network";
import { cutArray } from "../../surgery/cut";
import { defineWeightKind, type StoredWeights } from "./kind";

export interface ClustersQuantizer {
  readonly kind: "clusters";
  /** Learning rate of the centroids as a multiple of the weights' own, in (0, 1000]. */
  readonly rate: number;
  /** Values, 1 to 256. */
  readonly centroids: Float32Array;
  /** Number of the centroid of each weight; of a removed weight any. */
  readonly members: Float32Array;
}

declare module "../../core/snapshot" {
  interface WeightQuantizers {
    clusters: ClustersQuantizer;
  }
}

const mostCentroids = 256;
const attributes = { rate: v.pipe(v.number(), v.gtValue(0), v.maxValue(1000)) };
type Fields = v.InferOutput<v.StrictObjectSchema<typeof attributes, undefined>>;

function problem({ rate, centroids, members }: ClustersQuantizer, weights: number): string | undefined {
  if (!(rate > 0 && rate <= 1000)) return `expected a rate in (0, 1000], got ${rate}`;
  if (centroids.length < 1 || centroids.length > mostCentroids || !centroids.every(Number.isFinite)) {
    return `expected 1 to ${mostCentroids} finite centroids, got ${centroids.length}`;
  }
  if (members.length !== weights) return `expected the cluster of ${weights} weights, got ${members.length}`;
  const stray = members.find((member) => !(Number.isInteger(member) && member >= 0 && member < centroids.length));
  return stray === undefined ? undefined : `expected clusters 0 to ${centroids.length - 1}, got ${stray}`;
}

/** The distinct values of what is not pruned. Clusters of equal centroids come back as one. */
function restore({ values: stored, masked, fields: { rate } }: StoredWeights<Fields>): ClustersQuantizer {
  const distinct = distinctValues(new Uint32Array(stored.buffer, stored.byteOffset, stored.length));
  const zeros = distinct && !masked && distinct.counts[0]! > 0;
  const centroids = distinct && (zeros ? Float32Array.of(...distinct.values, 0) : distinct.values);
  if (!centroids || centroids.length > mostCentroids) {
    throw new EngineError("invalid-file", `expected at most ${mostCentroids} values of clusters, got more`);
  }
  // Symbol 0 is +0: the last centroid where it is kept, of a pruned weight any.
  const zero = zeros ? centroids.length - 1 : 0;
  const members = Float32Array.from(distinct.symbols, (symbol) => (symbol === 0 ? zero : symbol - 1));
  return { kind: "clusters", rate, centroids: centroids.length > 0 ? centroids : new Float32Array(1), members };
}

export const clusters = defineWeightKind<ClustersQuantizer, Fields>({
  kind: "clusters",
  since: 3,
  arrays: { centroids: "learned", members: "constant" },
  rate: ({ rate }) => rate,
  grouping: () => ({ kind: "tensor" }),
  problem,
  effective: (_weights, { centroids, members }) => Float32Array.from(members, (member) => centroids[member]!),
  train({ weights, mask, arrays: { centroids, members } }) {
    const shared = tf.customGrad((values, save) => {
      const cluster = tf.cast(members, "int32");
      (save as tf.GradSaveFunc)([cluster]);
      const value = tf.reshape(tf.gather(values as tf.Tensor1D, cluster), weights.shape);
      return {
        value: mask ? tf.mul(value, mask) : value,
        gradFunc(dy: tf.Tensor, [saved]: tf.Tensor[]) {
          const gradient = mask ? tf.mul(dy, mask) : dy;
          return tf.unsortedSegmentSum(
            tf.reshape(gradient, [sizeOfShape(weights.shape)]),
            saved as tf.Tensor1D,
            centroids.size,
          );
        },
      };
    });
    return shared(centroids);
  },
  widths: ({ centroids: { length } }) => ({
    bits: Math.max(1, Math.ceil(Math.log2(length))),
    values: length,
    floats: length,
  }),
  // One table serves all channels, which slopes of their own would take apart: normalization stays.
  cut(quantizer, shape, cuts) {
    const members = cutArray(quantizer.members, shape, cuts);
    return members.length === quantizer.members.length ? quantizer : { ...quantizer, members };
  },
  attributes,
  listed: {},
  fields: ({ rate }) => ({ rate }),
  restore,
  example(weights) {
    const centroids = Float32Array.of(-0.75, -0.25, 0.125, 0.5, 1);
    return { kind: "clusters", rate: 1, centroids, members: Float32Array.from(weights, (_, i) => (i * 7) % 5) };
  },
});
