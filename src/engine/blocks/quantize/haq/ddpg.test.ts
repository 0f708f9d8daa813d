import { describe, expect, it } from "vitest";
import { createRng } from "../../../core/rng";
import { Ddpg } from "./ddpg";
import { builders } from "../../../zoo/builders";
import { Mlp } from "./mlp";
import { observations } from "./search";

describe("the small network", () => {
  it("has the gradients that differences of its output give", () => {
    const mlp = new Mlp([3, 5, 4, 2], createRng(3, "mlp"));
    const x = [0.3, -0.7, 1.1];
    // 2 y0 - y1
    const value = (input: readonly number[]) => {
      const [a, b] = mlp.forward(input).at(-1)!;
      return 2 * a! - b!;
    };
    const inputs = mlp.backward(mlp.forward(x), [2, -1]);
    const h = 1e-6;
    x.forEach((_, i) => {
      const difference = (value(x.with(i, x[i]! + h)) - value(x.with(i, x[i]! - h))) / (2 * h);
      expect(inputs[i]).toBeCloseTo(difference, 6);
    });
    mlp.weights.forEach((weights, layer) =>
      weights.forEach((weight, i) => {
        const at = (w: number) => {
          weights[i] = w;
          return value(x);
        };
        const difference = (at(weight + h) - at(weight - h)) / (2 * h);
        weights[i] = weight;
        expect(mlp.gradients[layer]![i]).toBeCloseTo(difference, 6);
      }),
    );
  });

  it("learns a sum", () => {
    const rng = createRng(1, "sum");
    const mlp = new Mlp([2, 16, 1], rng);
    for (let step = 0; step < 800; step++) {
      for (let n = 0; n < 8; n++) {
        const [a, b] = [rng.next(), rng.next()];
        const trace = mlp.forward([a, b]);
        mlp.backward(trace, [2 * (trace.at(-1)![0]! - a - b)]);
      }
      mlp.update(0.01, 8);
    }
    expect(mlp.forward([0.2, 0.5]).at(-1)![0]).toBeCloseTo(0.7, 1);
  });
});

it("sees of each decision its place, layer and kind, over the largest", () => {
  const network = builders["mobile-t"]();
  const seen = observations(network, [
    { layer: "block1-depthwise", of: "wBits" },
    { layer: "block1-pointwise", of: "wBits" },
    { layer: "block1-pointwise", of: "aBits" },
  ]);
  // 16 channels in, 16 and 32 out; windows 3 and 1, strides 2 and 1; 28 x 28 and 14 x 14 inputs; 144 and 512 weights.
  expect(seen).toEqual([
    [1 / 3, 1, 0.5, 1, 1, 1, 144 / 512, 1, 1],
    [2 / 3, 1, 1, 1 / 3, 0.5, 0.25, 1, 0, 1],
    [1, 1, 1, 1 / 3, 0.5, 0.25, 1, 0, 0],
  ]);
});

describe("the agent", () => {
  /** Two decisions that are worth most at 0.9 and 0.2. */
  const states = [
    [1, 0],
    [0, 1],
  ];
  const worth = (actions: readonly number[]) => -((actions[0]! - 0.9) ** 2) - (actions[1]! - 0.2) ** 2;
  const trained = (seed: number, episodes: number): number => {
    const agent = new Ddpg(2, createRng(seed, "ddpg"));
    for (let episode = 0; episode < episodes; episode++) {
      const actions = states.map((state) => agent.explore(state));
      agent.learn(states, actions, worth(actions));
    }
    return worth(states.map((state) => agent.action(state)));
  };

  it("acts better after 40 episodes than before, in the median of three seeds", () => {
    const gains = Array.from({ length: 3 }, (_, seed) => trained(seed, 40) - trained(seed, 0));
    expect(gains.toSorted((a, b) => a - b)[1]).toBeGreaterThan(0.1);
  });

  it("explores within [0, 1], the same from the same seed", () => {
    const draws = (seed: number) => {
      const agent = new Ddpg(2, createRng(seed, "ddpg"));
      return Array.from({ length: 200 }, () => agent.explore([1, 0]));
    };
    expect(draws(1).every((action) => action >= 0 && action <= 1)).toBe(true);
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
  });
});
