/**
 * What all pruners of channels have in common: which groups may go, how many units of each at a decision, surgery. A
 * criterion adds one function: a score for each unit, of which the smallest go.
 */
import { effectiveValues } from "../../../quantizers/effective";
import { EngineError } from "../../../core/errors";
import { type Node, nodeById, type ParameterRole } from "../../../core/network";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { type ChannelGroup, channelGroups, minimumChannels, unitOfElement } from "../../../surgery/channel-groups";
import { unitNumbers } from "../../../surgery/channel-numbers";
import { removeChannels } from "../../../surgery/remove-channels";
import type { ClipContext, ClipRun, LayerChoice } from "../../block";
import type { ParamsOf } from "../../params";
import { pruningRounds, scheduledSparsity } from "../../pruning-schedule";
import { removalCount, type ScoreNormalization, type ScoreSet, selectRemovals } from "./select";
import type { structuredParams } from "./structured-pruning-params";

export type StructuredParams = ParamsOf<typeof structuredParams>;
type Targets = StructuredParams["targets"];

/** One score for each unit of each group, in the groups' order: finite, larger is more important. */
export type ScoreUnits = (
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
) => readonly Float32Array[] | Promise<readonly Float32Array[]>;

/** Group id -> units that go, the least important first. */
export type UnitRemovals = ReadonlyMap<string, readonly number[]>;

/** Which groups a criterion can score, where not all. */
export interface Scorable {
  has(group: ChannelGroup): boolean;
  /** What such a group has, for the message where none has it: "batch normalization behind it". */
  readonly expected: string;
}

/** A group with a convolution is of filters, also where dense layers make gates for it; others are of units. */
const isTarget = (producers: readonly Node[], targets: Targets): boolean =>
  producers.some(({ op }) => op === "conv2d") ? targets !== "units" : targets !== "filters";

/** The groups of the wanted kind that can be scored. @throws EngineError `not-prunable` when there are none */
export function targetGroups(
  { network }: Snapshot,
  targets: Targets,
  block: string,
  scorable?: Scorable,
): ChannelGroup[] {
  const wanted = channelGroups(network).filter(({ producers }) =>
    isTarget(
      producers.map((id) => nodeById(network, id)),
      targets,
    ),
  );
  const groups = scorable ? wanted.filter((group) => scorable.has(group)) : wanted;
  if (groups.length === 0) {
    const having = scorable && wanted.length > 0 ? ` with ${scorable.expected}` : "";
    throw new EngineError(
      "not-prunable",
      `${block} expected a layer with removable ${targets}${having}, got none in '${network.name}'; ` +
        `choose ${having ? "another criterion" : "other targets"}`,
    );
  }
  return groups;
}

export interface UnitSums {
  /** Sum over the unit's weights of what `of` makes of each. */
  readonly sums: Float64Array;
  /** How many weights that were. */
  readonly counts: Float64Array;
}

/**
 * Sums over the slices of each unit of a group. Producers that are joined by an addition add theirs.
 * @param side `makes`: the layers that make the channels; `reads`: those that read them
 */
export function unitSums(
  snapshot: Snapshot,
  group: ChannelGroup,
  { side, role, of }: { side: "makes" | "reads"; role: ParameterRole; of: (weight: number) => number },
): UnitSums {
  const sums = new Float64Array(group.units);
  const counts = new Float64Array(group.units);
  for (const slice of group.slices) {
    if (slice.role !== role || slice.side !== side) continue;
    // A depthwise kernel goes with the channel, but makes none of its own.
    if (side === "makes" && role === "kernel" && !group.producers.includes(slice.node)) continue;
    const values = effectiveValues(valuesOf(snapshot, slice.parameter), snapshot.states.get(slice.parameter));
    for (let i = 0; i < values.length; i++) {
      const unit = unitOfElement(slice, i);
      if (unit < 0) continue;
      sums[unit]! += of(values[i]!);
      counts[unit]!++;
    }
  }
  return { sums, counts };
}

/** What is left of a group, by its numbers at the clip's start. */
export interface GroupHistory {
  readonly original: number;
  /** Original number of each unit that is left, ascending. */
  readonly left: readonly number[];
}

export type Histories = ReadonlyMap<string, GroupHistory>;

/** Group -> numbers of its units when a clip began (`surgery/channel-numbers.ts`). */
export type UnitsAtStart = ReadonlyMap<string, readonly number[]>;

export const unitsAtStart = (snapshot: Snapshot): UnitsAtStart =>
  new Map(channelGroups(snapshot.network).map((group) => [group.id, [...unitNumbers(snapshot, group)]]));

/** What is left of groups by now, whoever has cut the rest out; a unit that was not there at the start is -1. */
export const historiesOf = (snapshot: Snapshot, groups: readonly ChannelGroup[], atStart: UnitsAtStart): Histories =>
  new Map(
    groups.flatMap((group) => {
      const began = atStart.get(group.id);
      if (!began) return [];
      const place = new Map(began.map((number, unit) => [number, unit]));
      const left = Array.from(unitNumbers(snapshot, group), (number) => place.get(number) ?? -1);
      return [[group.id, { original: began.length, left }] as const];
    }),
  );

export interface UnitChoice {
  readonly sparsity: number;
  readonly scope: "local" | "global";
  readonly normalization?: ScoreNormalization;
  readonly layers?: ReadonlyMap<string, LayerChoice>;
  /** Absent groups are whole. */
  readonly histories?: Histories;
  /** In place of a share, for each group: units with a score of at most this go, in fp32. */
  readonly limits?: readonly number[];
}

/**
 * The units of each group that go so that `sparsity` of the original units is gone in all. A layer with a choice of its
 * own follows that. Vetoed units stay, and others go in their place.
 * @throws EngineError `invalid-params` for scores that are not finite
 */
export function chooseUnits(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  scores: readonly Float32Array[],
  { sparsity, scope, normalization = "none", layers = new Map(), histories = new Map(), limits }: UnitChoice,
): Map<string, number[]> {
  const sets = groups.map((group, k): ScoreSet => {
    const bad = scores[k]!.findIndex((score) => !Number.isFinite(score));
    if (bad >= 0) {
      throw new EngineError(
        "invalid-params",
        `expected finite scores, got ${scores[k]![bad]} for unit ${bad} of '${group.id}'`,
      );
    }
    const left = histories.get(group.id)?.left;
    const choice = layers.get(group.id)?.keep;
    const kept = choice && new Set(choice);
    const minimum = Math.max(
      ...group.producers.map((id) => minimumChannels(nodeById(snapshot.network, id), group.units)),
    );
    return {
      scores: scores[k]!,
      keepAtLeast: Math.min(group.units, minimum),
      ...(kept ? { vetoed: Uint8Array.from({ length: group.units }, (_, u) => Number(kept.has(left?.[u] ?? u))) } : {}),
    };
  });
  const originals = groups.map((group) => histories.get(group.id)?.original ?? group.units);
  const own = groups.map((group) => layers.get(group.id)?.sparsity);
  const togo = (target: number, chosen: readonly number[]): number => {
    const whole = chosen.reduce((sum, k) => sum + originals[k]!, 0);
    const left = chosen.reduce((sum, k) => sum + groups[k]!.units, 0);
    return left === 0 ? 0 : Math.max(0, removalCount(target, whole) - (whole - left)) / left;
  };
  const removals: Uint8Array[] = [];
  const alone = groups.flatMap((_, k) => (scope === "local" || limits || own[k] !== undefined ? [k] : []));
  const together = groups.flatMap((_, k) => (alone.includes(k) ? [] : [k]));
  for (const k of alone) {
    const share =
      limits && own[k] === undefined
        ? countAtMost(sets[k]!, limits[k]!) / groups[k]!.units
        : togo(own[k] ?? sparsity, [k]);
    removals[k] = selectRemovals([sets[k]!], share, "local")[0]!;
  }
  const ranked = selectRemovals(
    together.map((k) => sets[k]!),
    togo(sparsity, together),
    "global",
    normalization,
  );
  together.forEach((k, i) => (removals[k] = ranked[i]!));
  // Least important first: where a layer must keep more than the choice leaves, surgery spares the last of them.
  const order = (k: number) =>
    [...removals[k]!.keys()].filter((u) => removals[k]![u]).sort((a, b) => scores[k]![a]! - scores[k]![b]! || a - b);
  return new Map(groups.map((group, k) => [group.id, order(k)]));
}

/** Units that may go with a score of at most `limit`. */
function countAtMost({ scores, vetoed }: ScoreSet, limit: number): number {
  const most = Math.fround(limit);
  return scores.reduce((count, score, u) => count + (score <= most && !vetoed?.[u] ? 1 : 0), 0);
}

export interface StructuredHooks {
  /** Changes what stays before the rest is cut out: reconstruction by least squares. */
  readonly adjust?: (snapshot: Snapshot, removals: UnitRemovals) => Snapshot | Promise<Snapshot>;
  /** Of a criterion that needs more than weights of a group; the others stay whole. */
  readonly scorable?: (snapshot: Snapshot) => Scorable;
  /** Of a criterion with a threshold: for each group the score up to which units go, in place of a share. */
  readonly limits?: (scores: readonly Float32Array[]) => readonly number[] | undefined;
}

/** What of a clip the rounds need; `params` may be made of others that a block has in their place. */
export type StructuredContext = Pick<ClipContext, "steps" | "services" | "layers" | "tellScores"> & {
  readonly params: StructuredParams;
};

/** The rounds of a pruner of channels with a criterion of its own. */
export function structuredPruning(
  { params, steps, services, layers, tellScores }: StructuredContext,
  block: string,
  score: ScoreUnits,
  { adjust, scorable, limits }: StructuredHooks = {},
): ClipRun {
  let atStart: UnitsAtStart = new Map();
  return {
    rounds: pruningRounds(steps, params),
    async onBegin(model) {
      atStart = unitsAtStart(await model.snapshot());
    },
    async onRound(round, model) {
      const snapshot = await model.snapshot();
      const groups = targetGroups(snapshot, params.targets, block, scorable?.(snapshot));
      const scores = await score(snapshot, groups);
      tellScores?.(new Map(groups.map(({ id }, k) => [id, scores[k]!])));
      const removals = chooseUnits(snapshot, groups, scores, {
        sparsity: scheduledSparsity(params.sparsity, round, params),
        scope: params.scope,
        layers: scheduledLayers(layers, round, params),
        histories: historiesOf(snapshot, groups, atStart),
        limits: limits?.(scores),
      });
      const adjusted = (await adjust?.(snapshot, removals)) ?? snapshot;
      const result = removeChannels(adjusted, removals, { roundTo: params.roundTo });
      const oneShot = params.schedule === "one-shot";
      model.replace(oneShot ? await services.recalibrateBatchNorm(result.snapshot) : result.snapshot, result.kept);
    },
    state: () => Object.fromEntries(atStart),
    resume(state) {
      atStart = new Map(Object.entries(state) as [string, readonly number[]][]);
    },
  };
}

/** Layers' own targets grow over the rounds as the clip's does. */
export const scheduledLayers = (
  layers: ReadonlyMap<string, LayerChoice>,
  round: number,
  params: Parameters<typeof scheduledSparsity>[2],
): ReadonlyMap<string, LayerChoice> =>
  new Map(
    [...layers].map(([id, choice]) => [
      id,
      choice.sparsity === undefined
        ? choice
        : { ...choice, sparsity: scheduledSparsity(choice.sparsity, round, params) },
    ]),
  );
