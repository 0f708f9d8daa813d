/**
 * Layer-wise progressive channel pruning: one layer after the other loses its filters of the smallest L1 norm, a little
 * more at each try, until the validation accuracy has fallen by more than is allowed; the last try that kept to it stands.
 * The training between two layers is the clip's own.
 */
import type { Snapshot } from "../../../core/snapshot";
import type { ChannelGroup } from "../../../surgery/channel-groups";
import { type RemovalResult, removeChannels } from "../../../surgery/remove-channels";
import type { BlockImplementation, ClipServices, LayerChoice } from "../../block";
import type { ParamsOf } from "../../params";
import { filterNorms } from "../../shared/pruning/filter-norms";
import { chooseUnits, targetGroups } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

type Params = ParamsOf<typeof meta.params>;
type Services = Pick<ClipServices, "score" | "recalibrateBatchNorm">;

/** Where a layer's sensitivity is read: half of it gone. */
const probe = 0.5;

/** What a try is judged by: the accuracy of the network that would be put in place. */
export type Judge = (snapshot: Snapshot) => Promise<number>;

interface Tries extends Pick<Params, "delta" | "roundTo"> {
  /** Accuracy below which a try is given up, a fraction in [0, 1]. */
  readonly least: number;
  readonly layers?: ReadonlyMap<string, LayerChoice>;
}

/** The network without the share of a group's units that have the smallest L1 norm. */
function without(
  snapshot: Snapshot,
  group: ChannelGroup,
  norms: readonly Float32Array[],
  sparsity: number,
  { roundTo, layers = new Map() }: Pick<Tries, "roundTo" | "layers">,
): RemovalResult & { readonly gone: number } {
  const keep = layers.get(group.id)?.keep;
  const removals = chooseUnits(snapshot, [group], norms, {
    sparsity,
    scope: "local",
    layers: new Map(keep ? [[group.id, { keep }]] : []),
  });
  return { ...removeChannels(snapshot, removals, { roundTo }), gone: removals.get(group.id)!.length };
}

/**
 * The network with one group pruned as far as it goes, by steps of `delta`; undefined where the first step is too much.
 * A group's own sparsity, where the document has one, is the most that is tried.
 */
export async function pruneAsFarAsItGoes(
  snapshot: Snapshot,
  group: ChannelGroup,
  judge: Judge,
  { delta, least, ...choice }: Tries,
): Promise<RemovalResult | undefined> {
  const most = choice.layers?.get(group.id)?.sparsity ?? 1;
  let best: RemovalResult | undefined;
  let gone = 0;
  const norms = filterNorms(snapshot, [group], { norm: "l1" });
  for (let tries = 1; ; tries++) {
    const sparsity = Math.min(tries * delta, most);
    const attempt = without(snapshot, group, norms, sparsity, choice);
    // Small layers lose nothing at some steps; where nothing more can go the last try was the end.
    if (attempt.gone > gone) {
      // A drop of exactly the limit is allowed.
      if ((await judge(attempt.snapshot)) < least - 1e-9) return best;
      best = attempt;
      gone = attempt.gone;
    }
    if (sparsity >= most) return best;
  }
}

/** Group ids in the order in which they are pruned: the forward pass's, or that of accuracy kept with half of each gone. */
export async function pruningOrder(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  judge: Judge,
  { order, roundTo }: Pick<Params, "order" | "roundTo">,
): Promise<string[]> {
  const ids = groups.map(({ id }) => id);
  if (order === "forward") return ids;
  const kept = new Map<string, number>();
  for (const group of groups) {
    const norms = filterNorms(snapshot, [group], { norm: "l1" });
    kept.set(group.id, await judge(without(snapshot, group, norms, probe, { roundTo }).snapshot));
  }
  return ids.sort((a, b) => kept.get(b)! - kept.get(a)!);
}

const judgeBy =
  ({ score, recalibrateBatchNorm }: Services): Judge =>
  async (snapshot) =>
    score(await recalibrateBatchNorm(snapshot));

/** State of a running clip: the accuracy at its start, and the place of each group. */
const referenceKey = "reference";
const placeKey = "place/";

export const schedLayerwise: BlockImplementation<typeof meta.params> = ({
  params,
  steps,
  services,
  layers,
  tellScores,
}) => {
  const count = Math.max(1, Math.ceil(steps / params.stepsPerLayer));
  const judge = judgeBy(services);
  let reference = 0;
  let order: readonly string[] = [];
  return {
    rounds: { count, endFraction: Math.min(1, (count * params.stepsPerLayer) / Math.max(1, steps)) },
    async onBegin(model) {
      const snapshot = await model.snapshot();
      const groups = targetGroups(snapshot, params.targets, meta.id);
      const norms = filterNorms(snapshot, groups, { norm: "l1" });
      tellScores?.(new Map(groups.map(({ id }, k) => [id, norms[k]!])));
      reference = await services.score(snapshot);
      order = await pruningOrder(snapshot, groups, judge, params);
    },
    async onRound(round, model) {
      // The last decision takes what the clip is too short to prune one by one.
      const due = round === count - 1 ? order.slice(round) : order.slice(round, round + 1);
      for (const id of due) {
        const snapshot = await model.snapshot();
        const group = targetGroups(snapshot, params.targets, meta.id).find((candidate) => candidate.id === id);
        // Another clip may have removed the layer since.
        if (!group) continue;
        const least = reference - params.maximumDrop;
        const pruned = await pruneAsFarAsItGoes(snapshot, group, judge, { ...params, least, layers });
        if (pruned) model.replace(await services.recalibrateBatchNorm(pruned.snapshot), pruned.kept);
      }
    },
    state: () => ({
      [referenceKey]: reference,
      ...Object.fromEntries(order.map((id, place) => [placeKey + id, place])),
    }),
    resume(state) {
      reference = state[referenceKey] as number;
      order = Object.entries(state)
        .filter(([key]) => key.startsWith(placeKey))
        .sort(([, a], [, b]) => Number(a) - Number(b))
        .map(([key]) => key.slice(placeKey.length));
    },
  };
};
