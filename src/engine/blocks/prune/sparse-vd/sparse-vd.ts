/**
 * Sparse variational dropout (Molchanov et al. 2017): each weight is `theta (1 + sqrt(alpha) e)`, its variance
 * `s = alpha theta^2` is learned beside theta, and a prior pulls alpha up. Noise is drawn for the outputs of a layer, not
 * for its weights (the local reparameterization): `N(x theta, x^2 s)`. At the end what has `log alpha` above the threshold
 * goes; 3 is a dropout rate of 0.95. The network itself always computes with theta.
 */
import * as tf from "@tensorflow/tfjs-core";
import { effectiveValues } from "../../../quantizers/effective";
import { type Network, type Shape, sizeOfShape, weightedNodes } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import type { LayerCall } from "../../../training/forward";
import type { LearnedTensor } from "../../../training/learned-tensors";
import type { BlockImplementation, ModelAccess } from "../../block";
import { kernelNames, maskWeights } from "../../shared/pruning/mask-pruning";
import { normalTensor } from "../../shared/noise";
import { smallest } from "../../shared/pruning/select";
import type { meta } from "./meta";

/** Of the approximation of the divergence (equation 14). */
const [k1, k2, k3] = [0.63576, 1.8732, 1.48695];
/** Beyond, the approximation is flat and its gradients are noise. */
const largestLogAlpha = 8;
const epsilon = 1e-8;

/** KL from the posterior to the log-uniform prior, of each weight: `k1 - k1 sigmoid(k2 + k3 a) + ln(1 + e^-a) / 2`. */
export const divergence = (logAlpha: tf.Tensor): tf.Tensor =>
  tf.add(
    tf.mul(tf.sub(1, tf.sigmoid(tf.add(tf.mul(logAlpha, k3), k2))), k1),
    tf.mul(tf.softplus(tf.neg(logAlpha)), 0.5),
  );

/** `log s - log theta^2`, within [-8, 8]. */
export const logAlphaOf = (theta: tf.Tensor, logVariance: tf.Tensor): tf.Tensor =>
  tf.clipByValue(tf.sub(logVariance, tf.log(tf.add(tf.square(theta), epsilon))), -largestLogAlpha, largestLogAlpha);

/** Whether a weight is there at all: removed ones are exactly 0, and have neither noise nor a prior. */
const present = (theta: tf.Tensor): tf.Tensor => tf.cast(tf.notEqual(theta, 0), "float32");

/** The output of a layer as if its weights were noisy. @param draw standard normal of a shape */
export function noisyOutput(
  { inputs, compute, parameter }: LayerCall,
  variance: tf.Tensor,
  draw: (shape: Shape) => tf.Tensor,
): tf.Tensor {
  const output = compute();
  const spread = compute([tf.square(inputs[0]!)], (role) =>
    role === "kernel" ? variance : tf.zerosLike(parameter(role)),
  );
  return tf.add(output, tf.mul(tf.sqrt(tf.add(spread, epsilon)), draw(output.shape)));
}

/** The snapshot without the weights whose log alpha is above the threshold; one of each kernel stays. */
export function dropNoise(
  snapshot: Snapshot,
  logVariances: ReadonlyMap<string, Float32Array>,
  threshold: number,
): Snapshot {
  const kernels = kernelNames(snapshot).filter(
    (name) => logVariances.get(name)?.length === valuesOf(snapshot, name).length,
  );
  const removals = kernels.map((name) => {
    const theta = effectiveValues(valuesOf(snapshot, name), snapshot.states.get(name));
    const logVariance = logVariances.get(name)!;
    const logAlpha = theta.map((w, i) => logVariance[i]! - Math.log(w * w + epsilon));
    const above = logAlpha.reduce((count, a) => count + (a > threshold ? 1 : 0), 0);
    return smallest(
      logAlpha.map((a) => -a),
      Math.min(above, theta.length - 1),
    );
  });
  return maskWeights(snapshot, kernels, removals);
}

export const sparseVd: BlockImplementation<typeof meta.params> = ({ params, steps, services, rng }) => {
  /** By kernel: the variance is `exp(initial + rate * u)`, so that u learns at the rate of the weights. */
  const variances = (network: Network): Map<string, LearnedTensor> =>
    new Map(
      weightedNodes(network).map((node) => {
        const { name, shape } = node.params.kernel!;
        const follows = { parameter: name, axes: shape.map((_, axis) => axis) };
        return [name, services.variable(name, new Float32Array(sizeOfShape(shape)), shape, { follows })] as const;
      }),
    );
  /** Of the network as it is. */
  let learned = new Map<string, LearnedTensor>();
  const follow = (model: ModelAccess) => {
    learned = variances(model.network);
  };
  const logVariance = ({ tensor }: LearnedTensor) =>
    tf.add(tf.mul(tensor, params.varianceRate), params.initialLogVariance);

  return {
    onBegin: async (model) => Promise.resolve(follow(model)),
    resume: (_state, model) => {
      follow(model);
    },
    onStep: (_step, model) => {
      follow(model);
    },
    layer(node, call, step) {
      const own = node.params.kernel && learned.get(node.params.kernel.name);
      if (!own) return undefined;
      const variance = tf.mul(tf.exp(logVariance(own)), present(call.parameter("kernel")));
      return noisyOutput(call, variance, (shape) => normalTensor(shape, rng(`noise/${step}/${node.id}`)));
    },
    losses: [
      {
        name: "divergence",
        compute({ parameter }, _prepared, step) {
          const beta = params.strength * (params.warmup > 0 ? Math.min(1, step / (params.warmup * steps)) : 1);
          return [...learned].reduce<tf.Scalar>((sum, [name, own]) => {
            const theta = parameter(name);
            const all = tf.sum(tf.mul(divergence(logAlphaOf(theta, logVariance(own))), present(theta)));
            return tf.add(sum, tf.mul(all, beta / services.trainingImages));
          }, tf.scalar(0));
        },
      },
    ],
    async onEnd(model, reason) {
      if (reason !== "finished") return;
      follow(model);
      const found = new Map<string, Float32Array>();
      for (const [name, variable] of learned) {
        const u = await variable.values();
        found.set(
          name,
          u.map((v) => params.initialLogVariance + params.varianceRate * v),
        );
      }
      const dropped = dropNoise(await model.snapshot(), found, params.threshold);
      model.replace(await services.recalibrateBatchNorm(dropped));
    },
  };
};
