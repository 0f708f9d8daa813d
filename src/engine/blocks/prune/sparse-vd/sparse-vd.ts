/**
 * Sparse variational dropout (Molchanov et al. 2017): each weight is `theta (1 + sqrt(alpha) e)`, its variance
 * `s = alpha theta^2` is learned beside theta, and a prior pulls alpha up. Noise is drawn for the outputs of a layer, not
 * for its weights (the local reparameterization): `N(x theta, x^2 s)`. At the end what has `log alpha` above the threshold
 * goes; 3 is a dropout rate of 0.95. The network itself always computes with theta.
 */
import * as tf from "@tensorflow/tfjs-core";
import { effectiveValues } from "../../../quantizers/effective";
import { type Network, type Node, sizeOfShape, weightedNodes } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { operationOf } from "../../../ops/registry";
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

/** The output of a layer as if its weights were noisy. @param x its input */
export function noisyOutput(
  node: Node,
  { x, output, variance, noise }: { x: tf.Tensor; output: tf.Tensor; variance: tf.Tensor; noise: tf.Tensor },
): tf.Tensor {
  if (node.op !== "conv2d" && node.op !== "depthwise-conv2d" && node.op !== "dense") return output;
  const attrs = { ...node.attrs, useBias: false };
  const context = { training: true, noiseSeed: 0, nodeId: node.id };
  const spread = operationOf({ ...node, attrs } as typeof node).forward(
    attrs as never,
    [tf.square(x)],
    () => variance,
    context,
  );
  return tf.add(output, tf.mul(tf.sqrt(tf.add(spread, epsilon)), noise));
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
  const learned = new Map<string, LearnedTensor>();
  let network: Network | undefined;
  let weighted = new Map<string, Node>();
  let now = 0;
  /** Of the forward pass at hand, in the tape. */
  const outputs = new Map<string, tf.Tensor>();
  const kernels = new Map<string, tf.Tensor>();

  const begin = (model: ModelAccess) => {
    for (const node of weightedNodes(model.network)) {
      const { name, shape } = node.params.kernel!;
      learned.set(name, services.variable(name, new Float32Array(sizeOfShape(shape)), shape));
    }
  };
  const logVariance = (u: tf.Tensor) => tf.add(tf.mul(u, params.varianceRate), params.initialLogVariance);
  /** Nothing where surgery has made another kernel of it. */
  const variableOf = (name: string, shape: readonly number[]): tf.Tensor | undefined => {
    const tensor = learned.get(name)?.tensor;
    return tensor && tensor.shape.join() === shape.join() ? tensor : undefined;
  };

  return {
    onBegin: async (model) => Promise.resolve(begin(model)),
    onStep(step, model) {
      now = step;
      if (model.network === network) return;
      network = model.network;
      weighted = new Map(weightedNodes(network).map((node) => [node.id, node]));
    },
    parameter(name, value) {
      if (learned.has(name)) kernels.set(name, value);
      return value;
    },
    output(nodeId, value, step) {
      const node = weighted.get(nodeId);
      const theta = node && kernels.get(node.params.kernel!.name);
      const u = theta && variableOf(node.params.kernel!.name, theta.shape);
      const x = node && outputs.get(node.inputs[0]!);
      const noisy =
        u && x
          ? noisyOutput(node, {
              x,
              output: value,
              variance: tf.mul(tf.exp(logVariance(u)), present(theta)),
              noise: normalTensor(value.shape, rng(`noise/${step}/${nodeId}`)),
            })
          : value;
      outputs.set(nodeId, noisy);
      return noisy;
    },
    losses: [
      {
        name: "divergence",
        compute({ parameter }) {
          const beta = params.strength * (params.warmup > 0 ? Math.min(1, now / (params.warmup * steps)) : 1);
          return [...learned.keys()].reduce<tf.Scalar>((sum, name) => {
            if (!kernels.has(name)) return sum;
            const theta = parameter(name);
            const u = variableOf(name, theta.shape);
            if (!u) return sum;
            const all = tf.sum(tf.mul(divergence(logAlphaOf(theta, logVariance(u))), present(theta)));
            return tf.add(sum, tf.mul(all, beta / services.trainingImages));
          }, tf.scalar(0));
        },
      },
    ],
    afterUpdate() {
      outputs.clear();
      kernels.clear();
    },
    async onEnd(model, reason) {
      if (reason !== "finished") return;
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
    resume: (_state, model) => {
      begin(model);
    },
  };
};
