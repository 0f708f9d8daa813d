/**
 * Taking back what one decision took, and nothing else: weights that it masked and units that it cut out return with the
 * values and masks that they had before it; training, masks, cuts and quantizers of others since then stay.
 */
import { type Network, type ParameterEntry, parametersOf, type Shape, sizeOfShape } from "../core/network";
import { type ParameterQuantizer, type ParameterState, type Snapshot, valuesOf } from "../core/snapshot";
import { nodeOfEdge } from "../quantizers/edges";
import { arraysOf, derived, withArrays } from "../quantizers/effective";
import { groupCount, groupOf } from "../quantizers/grouping";
import { weightKindOf } from "../quantizers/weights/registry";
import { channelAxes, channelGroups } from "./channel-groups";
import { channelNumbers, nodeIds, unitNumbers } from "./channel-numbers";
import { foldBatchNorm } from "./fold-batch-norm";
import { removeChannels } from "./remove-channels";

/** A decision, as the networks before and right after it. */
export interface Decision {
  readonly before: Snapshot;
  readonly after: Snapshot;
}

export interface TakenBack {
  readonly snapshot: Snapshot;
  /**
   * Parameter -> for each of its elements the place that it has in the network as it was found, -1 for one that comes
   * back. Parameters that keep their shape are absent.
   */
  readonly places: ReadonlyMap<string, Int32Array>;
  /** Whether anything but the decision has changed the network: then its batch statistics are those of no network. */
  readonly mixed: boolean;
}

/**
 * The network without the decision. An element that is there has `before + (now - after)`, what has happened to it since
 * added to what it was; one that the decision took has what it was.
 * @returns undefined where the network is another one altogether by now
 */
export function takeBack({ before, after }: Decision, now: Snapshot): TakenBack | undefined {
  const [b, a] = isFolded(after.network, now.network) ? [before, after].map(foldBatchNorm) : [before, after];
  if (!b || !a || !sameNodes(a.network, now.network)) return undefined;
  const target = withoutOthersCuts(b, a, now);
  const values = new Map<string, Float32Array>();
  const states = new Map<string, ParameterState>();
  const places = new Map<string, Int32Array>();
  for (const spec of parametersOf(target.network)) {
    const found = placesIn(target, now, spec);
    const earlier = placesIn(target, a, spec);
    const merged = found && earlier ? mergedParameter(spec, { target, after: a, now }, found, earlier) : undefined;
    values.set(spec.name, merged?.values ?? target.values.get(spec.name)!);
    const state = merged ? merged.state : target.states.get(spec.name);
    if (state) states.set(spec.name, state);
    if (found && found !== "same") places.set(spec.name, found);
  }
  const mixed = !isSame(after, now);
  return {
    snapshot: mixed ? { ...target, values, states, activations: activationsOf(target, a, now) } : before,
    places,
    mixed,
  };
}

const normalizations = ({ nodes }: Network) => nodes.filter(({ op }) => op === "batch-norm").map(({ id }) => id);

/** Whether batch normalizations have been folded on the way from one network to the other. */
function isFolded(from: Network, to: Network): boolean {
  const left = nodeIds(to);
  return normalizations(from).some((id) => !left.has(id));
}

function sameNodes(one: Network, other: Network): boolean {
  const ids = nodeIds(one);
  return ids.size === other.nodes.length && other.nodes.every(({ id }) => ids.has(id));
}

/** Whether nothing at all has happened: a live network gives what did not change as the same objects. */
function isSame(one: Snapshot, other: Snapshot): boolean {
  const same = <T>(some: ReadonlyMap<string, T>, others: ReadonlyMap<string, T>) =>
    some.size === others.size && [...some].every(([name, value]) => others.get(name) === value);
  return (
    one.network === other.network &&
    same(one.values, other.values) &&
    same(one.states, other.states) &&
    same(one.activations, other.activations)
  );
}

/** The network before the decision, less the units that others have cut out since. */
function withoutOthersCuts(before: Snapshot, after: Snapshot, now: Snapshot): Snapshot {
  const there = nodeIds(after.network);
  const removals = channelGroups(before.network).flatMap((group) => {
    const producer = group.producers[0]!;
    if (!there.has(producer)) return [];
    const left = new Set(channelNumbers(now, producer));
    const gone = new Set(channelNumbers(after, producer).filter((number) => !left.has(number)));
    const units = [...unitNumbers(before, group).entries()].flatMap(([unit, number]) =>
      gone.has(number) ? [unit] : [],
    );
    return units.length > 0 ? [[group.id, units] as const] : [];
  });
  return removals.length > 0 ? removeChannels(before, new Map(removals)).snapshot : before;
}

const shapeOf = ({ network }: Snapshot, parameter: string): Shape | undefined =>
  parametersOf(network).find(({ name }) => name === parameter)?.shape;

/** Where each element is in another network; `same` where that is its own place, undefined where there is none like it. */
function placesIn(target: Snapshot, other: Snapshot, spec: ParameterEntry): Int32Array | "same" | undefined {
  const shape = shapeOf(other, spec.name);
  if (shape?.length !== spec.shape.length) return undefined;
  const there = nodeIds(other.network);
  const positions: (Int32Array | undefined)[] = spec.shape.map(() => undefined);
  for (const { parameter, axis, layout } of channelAxes(target.network)) {
    if (parameter !== spec.name) continue;
    if (!there.has(layout)) return undefined;
    const own = channelNumbers(target, layout);
    const others = channelNumbers(other, layout);
    if (own.length !== spec.shape[axis] || others.length !== shape[axis]) return undefined;
    if (own.length === others.length && own.every((number, i) => number === others[i])) continue;
    const place = new Map(Array.from(others, (number, i) => [number, i]));
    positions[axis] = Int32Array.from(own, (number) => place.get(number) ?? -1);
  }
  if (spec.shape.some((size, axis) => !positions[axis] && size !== shape[axis])) return undefined;
  return positions.some((position) => position) ? elementPlaces(spec.shape, shape, positions) : "same";
}

/** Flat places of a tensor's elements in another one. @param positions for each axis the index there, or -1; its own where absent */
function elementPlaces(shape: Shape, other: Shape, positions: readonly (Int32Array | undefined)[]): Int32Array {
  let places: Int32Array = Int32Array.of(0);
  shape.forEach((size, axis) => {
    const next = new Int32Array(places.length * size);
    places.forEach((place, outer) => {
      for (let i = 0; i < size; i++) {
        const at = positions[axis]?.[i] ?? i;
        next[outer * size + i] = place < 0 || at < 0 ? -1 : place * other[axis]! + at;
      }
    });
    places = next;
  });
  return places;
}

interface Networks {
  readonly target: Snapshot;
  readonly after: Snapshot;
  readonly now: Snapshot;
}

type Floats = Float32Array;
type Places = Int32Array | "same";
const placeOf = (places: Places, i: number): number => (places === "same" ? i : places[i]!);

/** A parameter of the target from what it was, what the decision made of it, and what it is by now. */
function mergedParameter(
  { name, shape, role }: ParameterEntry,
  { target, after, now }: Networks,
  found: Places,
  earlier: Places,
): { readonly values: Float32Array; readonly state: ParameterState | undefined } {
  const [was, then, is] = [target, after, now].map((snapshot) => valuesOf(snapshot, name)) as [Floats, Floats, Floats];
  const [state, stateThen, stateNow] = [target, after, now].map(({ states }) => states.get(name));
  const values = new Float32Array(sizeOfShape(shape));
  const mask = new Uint8Array(values.length).fill(1);
  const fixed = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const [at, before] = [placeOf(found, i), placeOf(earlier, i)];
    const wasKept = state?.mask?.[i] ?? 1;
    const isKept = stateNow?.mask?.[at] ?? 1;
    fixed[i] = (at < 0 ? state?.fixed?.[i] : stateNow?.fixed?.[at]) ?? 0;
    const masked = wasKept === 1 && stateThen?.mask?.[before] === 0 && isKept === 0;
    if (at < 0 || masked) {
      values[i] = was[i]!;
      mask[i] = wasKept;
      continue;
    }
    // What only others have put there is theirs.
    const sum = before < 0 ? is[at]! : moved(was[i]!, then[before]!, is[at]!);
    // A variance below 0 is none.
    values[i] = role === "movingVariance" && sum < 0 ? was[i]! : sum;
    mask[i] = isKept;
  }
  const kept = state?.mask || mask.includes(0) ? { mask } : {};
  const quantizer = stateNow?.quantizer && fitted(stateNow.quantizer, shapeOf(now, name)!, shape, found);
  const next: ParameterState = {
    ...kept,
    ...(fixed.includes(1) ? { fixed } : {}),
    ...(quantizer ? { quantizer: derived(values, kept.mask, quantizer) } : {}),
  };
  return { values, state: Object.keys(next).length > 0 ? next : undefined };
}

/** `was + (is - then)`, exact where one of the differences is none. */
const moved = (was: number, then: number, is: number): number =>
  was === then ? is : is === then ? was : was + (is - then);

/** The quantizer of a shape that has grown: a group that comes back has the arrays of the group before it. */
function fitted(quantizer: ParameterQuantizer, before: Shape, shape: Shape, found: Places): ParameterQuantizer {
  const grouping = weightKindOf(quantizer).grouping(quantizer);
  if (found === "same" || grouping.kind === "tensor") return quantizer;
  const grown =
    grouping.kind === "channel" ? { ...grouping, count: channelCount(grouping.count, before, shape) } : grouping;
  const [oldCount, count] = [groupCount(grouping, before), groupCount(grown, shape)];
  const [oldGroup, group] = [groupOf(grouping, before), groupOf(grown, shape)];
  const from = new Int32Array(count).fill(-1);
  found.forEach((place, i) => {
    if (place >= 0) from[group(i)] = oldGroup(place);
  });
  const first = from.find((old) => old >= 0) ?? 0;
  from.forEach((old, g) => (from[g] = old >= 0 ? old : (from[g - 1] ?? first)));
  const arrays = arraysOf(quantizer).flatMap(({ name, values }) => {
    const each = values.length / oldCount;
    if (!Number.isInteger(each)) return [];
    return [
      [
        name,
        Float32Array.from({ length: each * count }, (_, i) => values[from[Math.floor(i / each)]! * each + (i % each)]!),
      ],
    ];
  });
  return withArrays(quantizer, Object.fromEntries(arrays) as Record<string, Float32Array>);
}

/** Output channels of a kernel that had `count` of them: its last axis, or its last two (depthwise). */
const channelCount = (count: number, before: Shape, shape: Shape): number =>
  before.at(-1) === count ? shape.at(-1)! : sizeOfShape(shape.slice(-2));

/** Quantizers of activations as they are; nodes that the decision took out bring theirs along. */
function activationsOf(target: Snapshot, after: Snapshot, now: Snapshot): Snapshot["activations"] {
  const [all, there] = [nodeIds(target.network), nodeIds(after.network)];
  const gone = [...target.activations].filter(([edge]) => !there.has(nodeOfEdge(edge, all)));
  return new Map([...[...now.activations].filter(([edge]) => all.has(nodeOfEdge(edge, all))), ...gone]);
}
