/**
 * Deep deterministic policy gradient (Lillicrap et al. 2016) as HAQ has it: the actor sees one decision after the other
 * and answers an action in [0, 1]; every decision of an episode has the episode's reward less a moving average, and is not
 * discounted. Tiny: two hidden layers of 64 for the actor and for the critic. Pure code on plain arrays.
 */
import type { Rng } from "../../../core/rng";
import { Mlp } from "./mlp";

interface Transition {
  readonly state: readonly number[];
  readonly action: number;
  /** Of the whole episode. */
  readonly reward: number;
  /** Undefined after the last decision. */
  readonly next: readonly number[] | undefined;
}

const hidden = [64, 64] as const;
const [actorRate, criticRate] = [1e-3, 1e-2];
/** Share of the way that the target networks follow at each update, and of the old one that the moving reward keeps. */
const targetShare = 0.05;
const rewardMemory = 0.9;
const batch = 32;
/** Most transitions that are remembered. */
const memory = 2000;
/** Standard deviation of the exploration, and its decay by episode. */
const [noise, noiseDecay] = [0.5, 0.95];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export class Ddpg {
  readonly #rng: Rng;
  readonly #actor: Mlp;
  readonly #critic: Mlp;
  readonly #actorTarget: Mlp;
  readonly #criticTarget: Mlp;
  readonly #transitions: Transition[] = [];
  #episodes = 0;
  #mean: number | undefined;

  /** @param features of a state, about in [0, 1] */
  constructor(features: number, rng: Rng) {
    this.#rng = rng;
    this.#actor = new Mlp([features, ...hidden, 1], rng);
    this.#critic = new Mlp([features + 1, ...hidden, 1], rng);
    this.#actorTarget = new Mlp([features, ...hidden, 1], rng);
    this.#criticTarget = new Mlp([features + 1, ...hidden, 1], rng);
    this.#actorTarget.follow(this.#actor, 1);
    this.#criticTarget.follow(this.#critic, 1);
  }

  /** What the actor would do. */
  action(state: readonly number[]): number {
    return sigmoid(this.#actor.forward(state).at(-1)![0]!);
  }

  /** The same with noise, drawn again until it lies in [0, 1]. */
  explore(state: readonly number[]): number {
    const mean = this.action(state);
    const deviation = noise * noiseDecay ** this.#episodes;
    for (let attempt = 0; attempt < 100; attempt++) {
      const action = mean + deviation * this.#rng.normal();
      if (action >= 0 && action <= 1) return action;
    }
    return mean;
  }

  /** An episode is over: remembers it, and learns from as many batches as it had decisions. */
  learn(states: readonly (readonly number[])[], actions: readonly number[], reward: number): void {
    this.#mean = this.#mean === undefined ? reward : rewardMemory * this.#mean + (1 - rewardMemory) * reward;
    states.forEach((state, i) => this.#transitions.push({ state, action: actions[i]!, reward, next: states[i + 1] }));
    this.#transitions.splice(0, Math.max(0, this.#transitions.length - memory));
    this.#episodes++;
    for (let update = 0; update < states.length; update++) this.#update();
  }

  #update(): void {
    const drawn = Array.from({ length: batch }, () => this.#transitions[this.#rng.integer(this.#transitions.length)]!);
    for (const { state, action, reward, next } of drawn) {
      const trace = this.#critic.forward([...state, action]);
      this.#critic.backward(trace, [2 * (trace.at(-1)![0]! - this.#target(reward, next))]);
    }
    this.#critic.update(criticRate, batch);
    for (const { state } of drawn) {
      const acted = this.#actor.forward(state);
      const action = sigmoid(acted.at(-1)![0]!);
      const slope = this.#critic.backward(this.#critic.forward([...state, action]), [1]).at(-1)!;
      // Up the critic's value of what the actor does.
      this.#actor.backward(acted, [-slope * action * (1 - action)]);
    }
    this.#critic.forgetGradients();
    this.#actor.update(actorRate, batch);
    this.#actorTarget.follow(this.#actor, targetShare);
    this.#criticTarget.follow(this.#critic, targetShare);
  }

  /** `R - mean R + Q(next, actor(next))`, without the last term at the end of an episode. */
  #target(reward: number, next: readonly number[] | undefined): number {
    const value = reward - this.#mean!;
    if (!next) return value;
    const action = sigmoid(this.#actorTarget.forward(next).at(-1)![0]!);
    return value + this.#criticTarget.forward([...next, action]).at(-1)![0]!;
  }
}
