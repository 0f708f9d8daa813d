/** The searches of HAQ: an agent proposes, bits are lowered into the budget, a trial judges, the agent learns. */
import { nodeById, sizeOfShape, type Network } from "../../../core/network";
import { shapesOf } from "../../../ops/registry";
import type { ClipContext } from "../../block";
import { drawBits, elitesOf, follow, logitsAround, populationOf } from "./cross-entropy";
import { Ddpg } from "./ddpg";
import { bitsOfAction, bitsOfBudget, type Decision, lowered, type PlanSpace } from "./plan-space";

/** Bits of every decision, with what a trial of them was worth. */
export interface Judged {
  readonly bits: readonly number[];
  /** -Infinity where the trial diverged. */
  readonly reward: number;
}

export interface Search {
  readonly space: PlanSpace;
  /** How many plans may be tried. */
  readonly episodes: number;
  readonly judge: (bits: readonly number[]) => Promise<Judged>;
  readonly rng: ClipContext["rng"];
}

/** Of equal ones the first. */
const better = (best: Judged | undefined, next: Judged): Judged => (best && best.reward >= next.reward ? best : next);

/**
 * The first plan has one width as far as the budget allows, and the others are drawn around it. The agent learns from the
 * bits that were tried.
 */
export async function crossEntropySearch({ space, episodes, judge, rng }: Search): Promise<Judged> {
  const population = populationOf(episodes);
  const centre = bitsOfBudget(space);
  let logits = logitsAround(centre, space.decisions.length, space.bMin, space.bMax);
  let best: Judged | undefined;
  for (let first = 0; first < episodes; first += population) {
    const generation: Judged[] = [];
    for (let episode = first; episode < Math.min(episodes, first + population); episode++) {
      const drawn = drawBits(logits, space.bMin, rng(`episode/${episode}`));
      generation.push(await judge(lowered(space, episode === 0 ? drawn.map(() => centre) : drawn)));
      best = better(best, generation.at(-1)!);
    }
    generation.sort((a, b) => b.reward - a.reward);
    const elites = generation.slice(0, elitesOf(population)).map(({ bits }) => bits);
    logits = follow(logits, elites, space.bMin);
  }
  return best!;
}

/** What the agent is told where a trial diverged: all accuracy is lost. */
const worstReward = -0.1;

/** @param network that the decisions are about */
export async function ddpgSearch({ space, episodes, judge, rng }: Search, network: Network): Promise<Judged> {
  const seen = observations(network, space.decisions);
  const agent = new Ddpg(featureCount, rng("ddpg"));
  let best: Judged | undefined;
  for (let episode = 0; episode < episodes; episode++) {
    const states: number[][] = [];
    const actions: number[] = [];
    for (const features of seen) {
      states.push([...features, actions.at(-1) ?? 1]);
      actions.push(agent.explore(states.at(-1)!));
    }
    const proposed = actions.map((action) => bitsOfAction(action, space.bMin, space.bMax));
    const judged = await judge(lowered(space, proposed));
    agent.learn(states, actions, Math.max(worstReward, judged.reward));
    best = better(best, judged);
  }
  return best!;
}

/** Of an observation, the last action included. */
const featureCount = 10;

/**
 * What the agent sees of each decision but its last action (Wang et al. 2019, section 3.1): place, input and output
 * channels, window, stride, input size, weights, depthwise or not, weights or inputs. Each over its largest value.
 */
export function observations(network: Network, decisions: readonly Decision[]): number[][] {
  const shapes = shapesOf(network);
  const raw = decisions.map(({ layer, of }, place) => {
    const node = nodeById(network, layer);
    const input = shapes.get(node.inputs[0]!)!;
    const kernel = node.params.kernel!.shape;
    const windowed = node.op === "conv2d" || node.op === "depthwise-conv2d";
    return [
      place + 1,
      input.at(-1)!,
      shapes.get(layer)!.at(-1)!,
      windowed ? node.attrs.kernelSize[0] : 1,
      windowed ? node.attrs.strides[0] : 0,
      sizeOfShape(input),
      sizeOfShape(kernel),
      node.op === "depthwise-conv2d" ? 1 : 0,
      of === "wBits" ? 1 : 0,
    ];
  });
  const largest = raw.reduce((max, row) => row.map((value, i) => Math.max(value, max[i] ?? 0)), [] as number[]);
  return raw.map((row) => row.map((value, i) => value / (largest[i] || 1)));
}
