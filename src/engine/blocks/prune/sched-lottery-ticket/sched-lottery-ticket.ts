/**
 * Iterative magnitude pruning with rewinding (Frankle and Carbin 2019): the clip's steps are `rounds + 1` equal trainings;
 * after each but the last the smallest weights of every layer go, and what is left goes back to what it was at the clip's
 * start, or `rewindStep` steps later, batch normalization and all, with an optimizer that has forgotten and a learning
 * rate that starts anew. Begin with a network that is built, not trained, for the tickets of the paper. `learning-rate`
 * keeps the weights and restarts the rate alone (Renda et al. 2020); `random` ends with fresh values under the same mask:
 * what a ticket has to beat.
 */
import { EngineError } from "../../../core/errors";
import { type Network, parametersOf, sizeOfShape, weightedNodes } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { roundStep } from "../../../document/schedule";
import { learningRateFactor } from "../../../document/learning-rate";
import type { LearnedTensor } from "../../../training/learned-tensors";
import { initializeValues } from "../../../zoo/initialize";
import type { BlockImplementation, LayerChoice, ModelAccess } from "../../block";
import { withFreshScales } from "../../shared/pruning/fresh-scales";
import { chooseWeights, kernelNames, maskWeights } from "../../shared/pruning/mask-pruning";
import { meta } from "./meta";

export interface Shares {
  readonly perRound: number;
  readonly outputPerRound: number;
  readonly rounds: number;
  /** A layer's own sparsity is what it has after the last round. */
  readonly layers?: ReadonlyMap<string, LayerChoice>;
}

/** Kernel -> fraction that is masked. */
export const maskedShares = (snapshot: Snapshot): Map<string, number> =>
  new Map(
    kernelNames(snapshot).map((name) => {
      const mask = snapshot.states.get(name)?.mask;
      return [name, mask ? mask.reduce((gone, m) => gone + (m ? 0 : 1), 0) / mask.length : 0];
    }),
  );

/**
 * The snapshot after the removals of round `round`, from 1: a weight of |w| among the smallest of its layer goes until
 * `(1 - perRound)^round` of what was there at the start is left.
 * @param before of each kernel the fraction that was masked at the start
 */
export function pruneRound(
  snapshot: Snapshot,
  round: number,
  { perRound, outputPerRound, rounds, layers }: Shares,
  before: ReadonlyMap<string, number> = new Map(),
): Snapshot {
  const last = weightedNodes(snapshot.network).at(-1);
  const kernels = kernelNames(snapshot);
  const removals = kernels.map((name) => {
    const id = name.slice(0, name.lastIndexOf("/"));
    const own = layers?.get(id)?.sparsity;
    const gone = before.get(name) ?? 0;
    const share = id === last?.id ? outputPerRound : perRound;
    const sparsity = own === undefined ? 1 - (1 - gone) * (1 - share) ** round : 1 - (1 - own) ** (round / rounds);
    const magnitudes = valuesOf(snapshot, name).map(Math.abs);
    return chooseWeights(snapshot, [name], [magnitudes], { sparsity, scope: "local" })[0]!;
  });
  return maskWeights(snapshot, kernels, removals);
}

/** The snapshot with those raw values where its masks let them, and its own masks and quantizers. */
export function rewind(snapshot: Snapshot, start: ReadonlyMap<string, Float32Array>): Snapshot {
  const values = new Map(
    [...snapshot.values].map(([name]) => {
      const mask = snapshot.states.get(name)?.mask;
      const early = start.get(name)!;
      return [name, mask ? early.map((w, i) => (mask[i] ? w : 0)) : early] as const;
    }),
  );
  return withFreshScales({ ...snapshot, values }, values.keys());
}

const layoutOf = (network: Network) =>
  parametersOf(network)
    .map(({ name, shape }) => `${name}:${shape.join("x")}`)
    .join();

export const schedLotteryTicket: BlockImplementation<typeof meta.params> = (context) => {
  const { params, steps, services, layers } = context;
  const { rounds, rewindStep, reset } = params;
  const places = { count: rounds + 1, endFraction: 1 };
  const starts = Array.from({ length: rounds + 1 }, (_, r) => roundStep({ start: 0, steps }, places, r));
  const stored = new Map<string, LearnedTensor>();
  let before = new Map<string, number>();

  if (rewindStep > 0 && rewindStep >= (starts[1] ?? steps)) {
    throw new EngineError(
      "invalid-params",
      `rewindStep expected less than the ${starts[1]} steps of a round, got ${rewindStep}; lower it or lengthen the clip`,
    );
  }

  const store = (network: Network, values?: ReadonlyMap<string, Float32Array>) => {
    for (const { name, shape } of parametersOf(network)) {
      const initial = values?.get(name) ?? new Float32Array(sizeOfShape(shape));
      stored.set(name, services.variable(name, initial, shape, { trainable: false }));
    }
  };

  const earlyValues = async (snapshot: Snapshot, round: number): Promise<Map<string, Float32Array>> => {
    // The control draws anew for the last training alone: its mask is the ticket's.
    if (reset === "random" && round === rounds) {
      return initializeValues(snapshot.network, Math.floor(context.rng("control").next() * 2 ** 31));
    }
    const values = new Map<string, Float32Array>();
    for (const [name, tensor] of stored) values.set(name, await tensor.values());
    return values;
  };

  const checkLayout = (model: ModelAccess) => {
    const shapes = [...stored].map(([name, { tensor }]) => `${name}:${tensor.shape.join("x")}`).join();
    if (layoutOf(model.network) === shapes) return;
    throw new EngineError(
      "invalid-params",
      `${meta.id} expected the layers that it began with, to rewind them, got others; ` +
        "let no other clip cut, fold or replace the network meanwhile",
    );
  };

  return {
    rounds: places,
    async onBegin(model) {
      const snapshot = await model.snapshot();
      before = maskedShares(snapshot);
      store(snapshot.network, snapshot.values);
    },
    async onRound(round, model) {
      if (round === 0) return;
      checkLayout(model);
      const pruned = pruneRound(await model.snapshot(), round, { ...params, layers }, before);
      model.replace(reset === "learning-rate" ? pruned : rewind(pruned, await earlyValues(pruned, round)));
      model.resetOptimizer();
    },
    optimizer(step) {
      const round = starts.findLastIndex((start) => start <= step);
      const start = starts[round]!;
      const length = (starts[round + 1] ?? steps) - start;
      return {
        kind: params.optimizer,
        learningRate:
          params.learningRate * learningRateFactor(params.learningRateSchedule, (step - start) / Math.max(1, length)),
        momentum: params.momentum,
      };
    },
    afterUpdate(step, model) {
      if (step + 1 !== rewindStep) return;
      checkLayout(model);
      for (const [name, tensor] of stored) {
        model.update(name, (value) => {
          tensor.assign(() => value.clone());
          return value.clone();
        });
      }
    },
    state: () => ({ ...Object.fromEntries(before) }),
    resume(state, model) {
      before = new Map(Object.entries(state).map(([name, share]) => [name, share as number]));
      store(model.network);
    },
  };
};
