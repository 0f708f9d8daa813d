/** What the tests of this folder share: small networks, and snapshots of them in every state that a block can leave. */
import fc from "fast-check";
import { applyMask } from "../core/effective";
import { parameterName, parametersOf, sizeOfShape, type Network } from "../core/network";
import { createRng } from "../core/rng";
import {
  plainSnapshot,
  type ActivationQuantizer,
  type ParameterQuantizer,
  type ParameterState,
  type Snapshot,
} from "../core/snapshot";
import { weightKindNames, weightKindOf } from "../quantizers/weights/registry";
import { uniformScales } from "../quantizers/weights/uniform";

/** Same bytes: floats are compared bit for bit, so that 0 is not -0. Much faster than `toEqual` on long arrays. */
export function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const [x, y] = [a, b].map((view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return x!.length === y!.length && x!.every((byte, i) => byte === y![i]);
}

/** A convolution `[3, 3, channels, filters]` without bias on an 8 x 8 input, pooled to `filters` logits. */
export const convNetwork = (channels: number, filters: number): Network => ({
  name: "conv",
  nodes: [
    { id: "input", op: "input", inputs: [], attrs: { shape: [8, 8, channels] }, params: {} },
    {
      id: "conv",
      op: "conv2d",
      inputs: ["input"],
      attrs: { filters, kernelSize: [3, 3], strides: [1, 1], padding: "same", dilation: [1, 1], useBias: false },
      params: { kernel: { name: "conv/kernel", shape: [3, 3, channels, filters] } },
    },
    { id: "pool", op: "global-avg-pool", inputs: ["conv"], attrs: {}, params: {} },
  ],
  output: "pool",
  head: "none",
});

/** Two dense layers: kernels `[inputs, hidden]`, `[hidden, 2]`, biases. */
export const denseNetwork = (inputs: number, hidden: number): Network => ({
  name: "dense",
  nodes: [
    { id: "input", op: "input", inputs: [], attrs: { shape: [inputs] }, params: {} },
    ...(
      [
        ["fc1", "input", inputs, hidden],
        ["fc2", "fc1", hidden, 2],
      ] as const
    ).map(([id, from, width, units]) => ({
      id,
      op: "dense" as const,
      inputs: [from],
      attrs: { units, useBias: true },
      params: {
        kernel: { name: parameterName(id, "kernel"), shape: [width, units] },
        bias: { name: parameterName(id, "bias"), shape: [units] },
      },
    })),
  ],
  output: "fc2",
  head: "softmax",
});

const weight = fc.oneof(
  { weight: 6, arbitrary: fc.float({ min: -2, max: 2, noNaN: true }) },
  { weight: 2, arbitrary: fc.constantFrom(0, -0, 0.5, -0.5, 2 ** -7, -(2 ** -126), 1e-45, 3e38) },
);

/** Values as they come: any floats, few distinct ones, halves, powers of two, two signs, one value, zeros. */
export const valuesArbitrary = (count: number): fc.Arbitrary<Float32Array> => {
  const from = (pool: fc.Arbitrary<number>) =>
    fc.array(pool, { minLength: count, maxLength: count }).map((list) => Float32Array.from(list));
  return fc.oneof(
    from(weight),
    from(fc.constantFrom(0, -0.25, 0.75, 1, -3, 0.1)),
    from(fc.integer({ min: -2048, max: 2048 }).map((n) => n / 512)),
    from(fc.integer({ min: -9, max: 9 }).map((e) => Math.sign(e) * 2 ** -Math.abs(e))),
    from(fc.constantFrom(0.3, -0.3)),
    from(fc.constantFrom(0.3, -0.2, 0)),
    from(fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1.1, -0.7)),
    fc.constantFrom(0, -0, 0.125, -5.5).map((value) => new Float32Array(count).fill(value)),
  );
};

/** In [0, 1), the same for the same index and salt: shrinking stays simple. */
function hashed(index: number, salt: number): number {
  const hash = Math.imul(index + salt, 2654435761) >>> 0;
  return (Math.imul(hash ^ (hash >>> 15), 2246822519) >>> 0) / 2 ** 32;
}

/** Keeps one diagonal of each tile of side 2 .. 16. */
const diagonalMaskArbitrary = (count: number, channels: number): fc.Arbitrary<Uint8Array> =>
  fc.record({ side: fc.integer({ min: 2, max: 16 }), salt: fc.nat() }).map(({ side, salt }) =>
    Uint8Array.from({ length: count }, (_, i) => {
      const [row, column] = [Math.floor(i / channels), i % channels];
      const tile = 1000 * Math.floor(row / side) + Math.floor(column / side);
      return (row + Math.floor(hashed(tile, salt) * side)) % side === column % side ? 1 : 0;
    }),
  );

/** Keeps each weight, or each row of `channels` weights, with probability 1 - sparsity. */
const randomMaskArbitrary = (count: number, channels: number): fc.Arbitrary<Uint8Array> =>
  fc
    .record({ sparsity: fc.constantFrom(0, 0.3, 0.6, 0.9, 0.98, 1), salt: fc.nat(), run: fc.constantFrom(1, channels) })
    .map(({ sparsity, salt, run }) =>
      Uint8Array.from({ length: count }, (_, i) => (hashed(Math.floor(i / run), salt) < sparsity ? 0 : 1)),
    );

/** None, or one of any kind. */
const maskArbitrary = (count: number, channels: number): fc.Arbitrary<Uint8Array | undefined> =>
  fc.option(
    fc.oneof(
      { weight: 1, arbitrary: diagonalMaskArbitrary(count, channels) },
      { weight: 3, arbitrary: randomMaskArbitrary(count, channels) },
    ),
    { nil: undefined },
  );

const quantizerArbitrary = (masked: Float32Array, channels: number): fc.Arbitrary<ParameterQuantizer | undefined> =>
  fc.oneof(
    fc.constant(undefined),
    fc
      .record({
        bits: fc.integer({ min: 2, max: 8 }),
        granularity: fc.constantFrom("tensor" as const, "channel" as const),
        clip: fc.constantFrom(1, 0.5, 0.9),
      })
      .map(({ bits, granularity, clip }) => {
        const clips = new Float32Array(granularity === "tensor" ? 1 : channels).fill(clip);
        return { kind: "uniform" as const, bits, granularity, clips, scales: safeScales(masked, clips, bits) };
      }),
    fc
      .array(fc.oneof(fc.float({ min: -2, max: 2, noNaN: true }), fc.constantFrom(0, -0, 0.3, -0.3)), {
        minLength: 1,
        maxLength: 40,
      })
      .map((list) => ({ kind: "codebook" as const, values: Float32Array.from(list) })),
    // An example of any kind, as far as it can be one of these weights.
    fc.constantFrom(...weightKindNames).map((name) => {
      const kind = weightKindOf({ kind: name });
      const quantizer = kind.example(masked, channels);
      return kind.problem(quantizer, masked.length) === undefined ? quantizer : undefined;
    }),
  );

/** Weights near the limits of fp32 give scales that underflow to 0. */
const safeScales = (masked: Float32Array, clips: Float32Array, bits: number): Float32Array =>
  uniformScales(masked, clips, bits).map((scale) => (scale > 0 ? scale : 1));

export const stateArbitrary = (values: Float32Array, channels: number): fc.Arbitrary<ParameterState> =>
  maskArbitrary(values.length, channels).chain((mask) =>
    quantizerArbitrary(applyMask(values, mask), channels).map((quantizer) => ({
      ...(mask && { mask }),
      ...(quantizer && { quantizer }),
    })),
  );

const activationArbitrary: fc.Arbitrary<ActivationQuantizer> = fc.integer({ min: 1, max: 16 }).chain((bits) =>
  fc.record({
    kind: fc.constant("affine" as const),
    bits: fc.constant(bits),
    scale: fc.float({ min: Math.fround(1e-6), max: 10, noNaN: true }),
    zeroPoint: fc.integer({ min: 0, max: 2 ** bits - 1 }),
  }),
);

/** A small network with each of its parameters and activations in any state. */
export const snapshotArbitrary: fc.Arbitrary<Snapshot> = fc
  .oneof(
    fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 6 })).map(([c, f]) => convNetwork(c, f)),
    fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 8 })).map(([i, h]) => denseNetwork(i, h)),
  )
  .chain((network) => {
    const parameters = parametersOf(network).map(({ name, shape }) =>
      valuesArbitrary(sizeOfShape(shape)).chain((values) =>
        stateArbitrary(values, shape.at(-1)!).map((state) => ({ name, values, state })),
      ),
    );
    const activations = network.nodes.map(({ id }) =>
      fc.option(activationArbitrary).map((quantizer) => (quantizer ? [[id, quantizer] as const] : [])),
    );
    return fc.tuple(fc.tuple(...parameters), fc.tuple(...activations)).map(([list, quantizers]): Snapshot => ({
      network,
      values: new Map(list.map(({ name, values }) => [name, values])),
      states: new Map(list.map(({ name, state }) => [name, state])),
      activations: new Map(quantizers.flat()),
    }));
  });

/** Plain values, none of them 0, no two alike: nothing is smaller than 4 bytes for each. */
export function randomSnapshot(network: Network): Snapshot {
  const rng = createRng(7, network.name);
  const values = parametersOf(network).map(
    ({ name, shape }) => [name, Float32Array.from({ length: sizeOfShape(shape) }, () => rng.normal())] as const,
  );
  return plainSnapshot(network, new Map(values));
}
