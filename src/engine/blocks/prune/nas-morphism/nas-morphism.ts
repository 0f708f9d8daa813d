/**
 * The student's side of Joint-DetNAS (Yao et al. 2021): an evolution over networks by three moves that hand their weights
 * on: a layer loses its filters of the smallest L1 norm, a layer is added as the identity, a residual block moves.
 *
 * The clip's steps are shared out: each candidate of each generation trains in its turn, in the run's one training loop
 * with whatever else is on the timeline (a distiller, say), so none gets a step more than another. The first of each
 * generation is the parent as it is. An accuracy guard ends the search at the first candidate that falls too far, and goes
 * back to the one before it. The best by `accuracy - penalty * max(0, MACs / budget - 1)` is the next parent.
 */
import type { Rng } from "../../../core/rng";
import type { Snapshot } from "../../../core/snapshot";
import { macsOf } from "../../../metrics/accounting";
import { channelGroups } from "../../../surgery/channel-groups";
import { addLayer, moveBlock, placesForLayers } from "../../../surgery/morph";
import { removeChannels } from "../../../surgery/remove-channels";
import { removeBlock, residualBlocks } from "../../../surgery/remove-block";
import type { BlockImplementation, ModelAccess } from "../../block";
import type { ParamsOf } from "../../params";
import { filterNorms } from "../../shared/pruning/filter-norms";
import { chooseUnits, targetGroups } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

type Params = ParamsOf<typeof meta.params>;

/** One step from a network to another. */
export type Move =
  | { readonly kind: "prune"; readonly group: string }
  | { readonly kind: "add"; readonly after: string }
  | { readonly kind: "move"; readonly block: string; readonly after: string };

/** `accuracy - penalty * max(0, macs / budget - 1)`, the accuracy a fraction in [0, 1], budget in MACs. */
export const fitness = (accuracy: number, macs: number, budget: number, penalty: number): number =>
  accuracy - penalty * Math.max(0, macs / budget - 1);

/** Every move that the network allows, in the order of its layers. */
export function movesOf(snapshot: Snapshot, targets: Params["targets"]): Move[] {
  const { network } = snapshot;
  const groups = channelGroups(network).length === 0 ? [] : targetGroups(snapshot, targets, meta.id);
  return [
    // A convolution keeps two filters, a dense layer one unit.
    ...groups.filter(({ units }) => units > 2).map(({ id }): Move => ({ kind: "prune", group: id })),
    ...placesForLayers(network).map((after): Move => ({ kind: "add", after })),
    ...residualBlocks(network).flatMap(({ id }) =>
      placesForLayers(removeBlock(snapshot, id).network).map((after): Move => ({ kind: "move", block: id, after })),
    ),
  ];
}

/** A move of a random kind, so that a network of many layers is not mostly pruned; undefined where there is none. */
export function drawMove(moves: readonly Move[], rng: Rng): Move | undefined {
  const kinds = [...new Set(moves.map(({ kind }) => kind))];
  if (kinds.length === 0) return undefined;
  const kind = kinds[rng.integer(kinds.length)];
  const possible = moves.filter((move) => move.kind === kind);
  return possible[rng.integer(possible.length)];
}

/** @param seed of a new layer's kernel */
export function applyMove(
  snapshot: Snapshot,
  move: Move,
  { ratio, targets }: Pick<Params, "ratio" | "targets">,
  seed: number,
): Snapshot {
  switch (move.kind) {
    case "prune": {
      const groups = targetGroups(snapshot, targets, meta.id).filter(({ id }) => id === move.group);
      const norms = filterNorms(snapshot, groups, { norm: "l1" });
      return removeChannels(snapshot, chooseUnits(snapshot, groups, norms, { sparsity: ratio, scope: "local" }))
        .snapshot;
    }
    case "add":
      return addLayer(snapshot, move.after, seed).snapshot;
    case "move":
      return moveBlock(snapshot, move.block, move.after, seed);
  }
}

/** A network that has been trained for its turn. */
interface Judged {
  readonly snapshot: Snapshot;
  readonly fitness: number;
}

const parentKey = "parent";
const bestKey = "best";

export const nasMorphism: BlockImplementation<typeof meta.params> = ({ params, services, rng }) => {
  const { population, generations, penalty } = params;
  let parent: Snapshot | undefined;
  let best: Judged | undefined;
  let budget = 0;

  /** Scores the candidate whose turn is over. Of equal ones the first stays. */
  const judge = async (model: ModelAccess) => {
    const snapshot = await model.snapshot();
    const accuracy = await services.score(snapshot);
    const value = fitness(accuracy, macsOf(snapshot.network), budget, penalty);
    if (!best || value > best.fitness) best = { snapshot, fitness: value };
  };

  const candidateOf = async (from: Snapshot, round: number): Promise<Snapshot> => {
    const draws = rng(`candidate/${round}`);
    const move = drawMove(movesOf(from, params.targets), draws);
    if (!move) return from;
    const seed = draws.integer(2 ** 31);
    return services.recalibrateBatchNorm(applyMove(from, move, params, seed));
  };

  return {
    rounds: { count: population * generations, endFraction: 1 },
    async onBegin(model) {
      const snapshot = await model.snapshot();
      // Says at once where nothing can be pruned.
      targetGroups(snapshot, params.targets, meta.id);
      budget = params.budget * macsOf(snapshot.network);
    },
    async onRound(round, model) {
      if (round > 0) await judge(model);
      if (round % population === 0) {
        parent = best?.snapshot ?? (await model.snapshot());
        best = undefined;
      }
      if (round === 0) return;
      model.replace(round % population === 0 ? parent! : await candidateOf(parent!, round));
      // Moments belong to the candidate before.
      model.resetOptimizer();
    },
    async onEnd(model, reason) {
      if (reason === "stopped") return;
      await judge(model);
      model.replace(best!.snapshot);
      model.resetOptimizer();
    },
    state: () => ({ budget, ...(best ? { fitness: best.fitness } : {}) }),
    snapshots: () =>
      new Map([
        ...(parent ? [[parentKey, parent] as const] : []),
        ...(best ? [[bestKey, best.snapshot] as const] : []),
      ]),
    resume(state, _model, snapshots) {
      budget = state["budget"] as number;
      parent = snapshots.get(parentKey);
      const snapshot = snapshots.get(bestKey);
      best = snapshot && { snapshot, fitness: state["fitness"] as number };
    },
  };
};
