/** Masks of channels from their scores: soft ones, hard ones, and hard ones with the gradient of soft ones. */
import * as tf from "@tensorflow/tfjs-core";
import { type Network, nodeById } from "../../../core/network";
import { type ChannelGroup, minimumChannels } from "../../../surgery/channel-groups";
import type { LayerChoice } from "../../block";
import { removalCount } from "../../shared/pruning/select";

/** `k` at a step of the clip: from 1 at the first to `last` at the last, linearly. */
export const steepnessAt = (step: number, steps: number, last: number): number =>
  steps > 1 ? 1 + ((last - 1) * step) / (steps - 1) : last;

/** `sigmoid(k theta)`. */
export const softMask = (scores: tf.Tensor, steepness: number): tf.Tensor => tf.sigmoid(tf.mul(scores, steepness));

/** What stays of a group whatever its scores, or by their order alone. */
export interface KeepRule {
  /** So many units stay, the best ones, of a layer with a share of its own; by default those with scores above 0. */
  readonly best?: number;
  /** The best `count` of these units stay: what a layer has to keep. */
  readonly least: readonly { readonly units: Int32Array; readonly count: number }[];
  /** 1 marks a unit that must stay. */
  readonly vetoed?: Float32Array;
}

/** The rule that surgery and choosing units will follow at the end. */
export function keepRule(network: Network, group: ChannelGroup, choice: LayerChoice = {}): KeepRule {
  const { units } = group;
  // Of equal scores the smaller index goes first, and the first of equals is what tf.topk takes: so from the end.
  const all = Int32Array.from({ length: units }, (_, u) => units - 1 - u);
  const minimums = group.producers.map((id) => minimumChannels(nodeById(network, id), units));
  const count = Math.min(units, Math.max(...minimums));
  const least = [{ units: all, count }];
  for (const [p, id] of group.producers.entries()) {
    const own = new Set(
      group.slices.flatMap((slice) =>
        slice.node === id && slice.role === "kernel" && slice.side === "makes" ? [...slice.unitOf] : [],
      ),
    );
    if (own.size === 0 || all.every((unit) => own.has(unit))) continue;
    const members = all.filter((unit) => own.has(unit));
    least.push({ units: members, count: Math.min(members.length, minimums[p]!) });
  }
  const keep = choice.keep && new Set(choice.keep);
  return {
    least,
    ...(choice.sparsity === undefined ? {} : { best: units - removalCount(choice.sparsity, units) }),
    ...(keep ? { vetoed: Float32Array.from({ length: units }, (_, u) => Number(keep.has(u))) } : {}),
  };
}

/** Above every score: what must stay comes first. */
const veto = 1e6;

/** 1 for the best `count` of those units. */
function bestOf(scores: tf.Tensor, units: Int32Array, count: number): tf.Tensor {
  if (count === 0) return tf.zerosLike(scores);
  const order = tf.tensor1d(units, "int32");
  const { indices } = tf.topk(tf.gather(scores, order), count);
  return tf.sum(tf.cast(tf.oneHot(tf.cast(tf.gather(order, indices), "int32"), scores.size), "float32"), 0);
}

/** 1 for what stays whatever its score: what a veto names, and the best of what a layer has to keep. */
function mustStay(scores: tf.Tensor, { least, vetoed }: KeepRule): tf.Tensor {
  const named = vetoed ? tf.tensor1d(vetoed) : tf.zerosLike(scores);
  const ranked = tf.add(scores, tf.mul(named, veto));
  return least.reduce<tf.Tensor>((must, { units, count }) => tf.maximum(must, bestOf(ranked, units, count)), named);
}

/** The scores, with what stays whatever its score above all others. */
export const withVetoes = (scores: tf.Tensor, rule: KeepRule): tf.Tensor =>
  tf.tidy(() => tf.add(scores, tf.mul(mustStay(scores, rule), veto)));

/** 1 where a unit is on: `sigmoid(k theta) > 0.5`, which is theta > 0, as far as the rule has nothing against it. */
export function hardMask(scores: tf.Tensor, rule: KeepRule): tf.Tensor {
  return tf.tidy(() => {
    const ranked = withVetoes(scores, rule);
    const all = rule.least[0]!.units;
    if (rule.best === undefined) return tf.cast(tf.greater(ranked, 0), "float32");
    return tf.maximum(bestOf(ranked, all, Math.min(rule.best, all.length)), mustStay(scores, rule));
  });
}

/**
 * Midway between the `off` lowest scores and the others; where none is to be off, 0 or just below the lowest. What is
 * above it stays.
 */
export function dividing(scores: tf.Tensor, off: number): tf.Tensor {
  return tf.tidy(() => {
    const { values } = tf.topk(scores, scores.size);
    const at = (place: number) => tf.reshape(tf.slice(values, place, 1), []);
    const on = scores.size - Math.min(off, scores.size - 1);
    if (off === 0) return tf.minimum(0, tf.sub(at(on - 1), 1e-3));
    return tf.div(tf.add(at(on - 1), at(on)), 2);
  });
}

/** The hard mask on the way forward, the gradient of the soft one on the way back. */
export function straightThrough(soft: tf.Tensor, hard: tf.Tensor): tf.Tensor {
  const passed = tf.customGrad((x) => ({
    value: tf.reshape(hard, (x as tf.Tensor).shape),
    gradFunc: (dy) => tf.clone(dy as tf.Tensor),
  }));
  return passed(soft);
}
