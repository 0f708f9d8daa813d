/**
 * A small fully connected network with its own backward pass, on plain arrays: what an agent of some hundred steps needs,
 * without a tensor. Hidden layers are relu, the output is linear.
 */
import type { Rng } from "../../../core/rng";

interface Dense {
  readonly inputs: number;
  readonly outputs: number;
  /** `[inputs][outputs]`, flat, then the biases. */
  readonly weights: Float64Array;
  readonly gradients: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** What `forward` saw of each layer: its input, the network's output last. */
export type Trace = readonly Float64Array[];

/** Adam's (Kingma and Ba 2015). */
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

export class Mlp {
  readonly #layers: readonly Dense[];
  #steps = 0;

  /** @param sizes of input, hidden layers and output; weights are uniform within sqrt(1 / inputs) */
  constructor(sizes: readonly number[], rng: Rng) {
    this.#layers = sizes.slice(1).map((outputs, k): Dense => {
      const inputs = sizes[k]!;
      const size = (inputs + 1) * outputs;
      const bound = Math.sqrt(1 / inputs);
      const weights = Float64Array.from({ length: size }, (_, i) =>
        i < inputs * outputs ? bound * (2 * rng.next() - 1) : 0,
      );
      const zeros = () => new Float64Array(size);
      return { inputs, outputs, weights, gradients: zeros(), first: zeros(), second: zeros() };
    });
  }

  /** Every weight and bias, layer by layer. */
  get weights(): readonly Float64Array[] {
    return this.#layers.map(({ weights }) => weights);
  }

  /** Sums of gradients since the last update. */
  get gradients(): readonly Float64Array[] {
    return this.#layers.map(({ gradients }) => gradients);
  }

  forward(input: readonly number[] | Float64Array): Trace {
    const trace = [Float64Array.from(input)];
    this.#layers.forEach(({ inputs, outputs, weights }, k) => {
      const x = trace[k]!;
      const y = weights.slice(inputs * outputs);
      for (let i = 0; i < inputs; i++) {
        if (x[i] === 0) continue;
        for (let o = 0; o < outputs; o++) y[o]! += x[i]! * weights[i * outputs + o]!;
      }
      if (k < this.#layers.length - 1) for (let o = 0; o < outputs; o++) if (y[o]! < 0) y[o] = 0;
      trace.push(y);
    });
    return trace;
  }

  /** Adds to the gradients. @param upstream of the output @returns the gradient of the input */
  backward(trace: Trace, upstream: readonly number[]): Float64Array {
    let dy = Float64Array.from(upstream);
    for (let k = this.#layers.length - 1; k >= 0; k--) {
      const { inputs, outputs, weights, gradients } = this.#layers[k]!;
      const [x, y] = [trace[k]!, trace[k + 1]!];
      if (k < this.#layers.length - 1) for (let o = 0; o < outputs; o++) if (y[o] === 0) dy[o] = 0;
      const dx = new Float64Array(inputs);
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let o = 0; o < outputs; o++) {
          gradients[i * outputs + o]! += x[i]! * dy[o]!;
          sum += weights[i * outputs + o]! * dy[o]!;
        }
        dx[i] = sum;
      }
      for (let o = 0; o < outputs; o++) gradients[inputs * outputs + o]! += dy[o]!;
      dy = dx;
    }
    return dy;
  }

  forgetGradients(): void {
    for (const { gradients } of this.#layers) gradients.fill(0);
  }

  /** One step of Adam down the gradients divided by `count`, which are then forgotten. */
  update(rate: number, count: number): void {
    this.#steps++;
    const correction = Math.sqrt(1 - beta2 ** this.#steps) / (1 - beta1 ** this.#steps);
    for (const { weights, gradients, first, second } of this.#layers) {
      for (let i = 0; i < weights.length; i++) {
        const g = gradients[i]! / count;
        first[i] = beta1 * first[i]! + (1 - beta1) * g;
        second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
        weights[i]! -= (rate * correction * first[i]!) / (Math.sqrt(second[i]!) + epsilon);
      }
    }
    this.forgetGradients();
  }

  /** Moves the weights by `share` of the way towards those of a network of the same sizes. */
  follow(other: Mlp, share: number): void {
    this.#layers.forEach(({ weights }, k) => {
      const theirs = other.weights[k]!;
      for (let i = 0; i < weights.length; i++) weights[i]! += share * (theirs[i]! - weights[i]!);
    });
  }
}
