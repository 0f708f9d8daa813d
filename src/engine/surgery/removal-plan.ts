/**
 * From what a caller would like to remove to what may go: every producer keeps its minimum (2 channels in a
 * convolution, 1 elsewhere) and, on demand, a multiple of k. Removal and masking both follow this plan, so that they
 * always choose the same channels.
 */
import { EngineError } from "../core/errors";
import { type Network, nodeById } from "../core/network";
import { analyzeChannels, type ChannelAnalysis, type ChannelGroup, minimumChannels, pinText } from "./channel-groups";

/**
 * Group id -> units to remove, the least important first: where fewer may go, the last ones stay.
 * The order matters only then; repeated units count once.
 */
export type Removals = ReadonlyMap<string, Iterable<number>>;

export interface RemovalOptions {
  /** Every producer keeps a multiple of it (or all it has); default 1. */
  readonly roundTo?: number;
}

export interface RemovalPlan {
  readonly analysis: ChannelAnalysis;
  /** Group id -> units that go, ascending; groups that lose nothing are absent. */
  readonly units: ReadonlyMap<string, Uint32Array>;
  /** Network-wide unit -> 1 if it goes. */
  readonly removed: Uint8Array;
}

/**
 * @throws EngineError `not-prunable` for a layer whose channels must stay (the message says why), `invalid-params` for
 *   an unknown group or unit, or a `roundTo` that is not a positive integer
 */
export function planRemovals(network: Network, removals: Removals, { roundTo = 1 }: RemovalOptions = {}): RemovalPlan {
  if (!Number.isInteger(roundTo) || roundTo < 1) {
    throw new EngineError("invalid-params", `roundTo must be a positive integer, got ${roundTo}`);
  }
  const analysis = analyzeChannels(network);
  const removed = new Uint8Array(analysis.unitCount);
  const units = new Map<string, Uint32Array>();
  for (const [id, wanted] of removals) {
    const number = groupNumber(analysis, id);
    const group = analysis.groups[number]!;
    const list = [...new Set(wanted)];
    const bad = list.find((unit) => !Number.isInteger(unit) || unit < 0 || unit >= group.units);
    if (bad !== undefined) {
      throw new EngineError("invalid-params", `expected units of '${id}' from 0 to ${group.units - 1}, got ${bad}`);
    }
    const going = affordable(network, analysis, group, list, roundTo);
    if (going.length === 0) continue;
    units.set(id, Uint32Array.from(going).sort());
    for (const unit of going) removed[analysis.firstUnit[number]! + unit] = 1;
  }
  return { analysis, units, removed };
}

function groupNumber({ groups, pinned }: ChannelAnalysis, id: string): number {
  const number = groups.findIndex((group) => group.id === id);
  if (number >= 0) return number;
  const pin = pinned.find(({ producer }) => producer === id);
  if (pin) {
    const { why, node } = pin.reason;
    throw new EngineError(
      "not-prunable",
      `expected a layer whose channels can go, got '${id}': ${pinText(pin.reason)}`,
      {
        details: { layer: id, why, node },
      },
    );
  }
  const ids = groups.map((group) => `'${group.id}'`).join(", ");
  throw new EngineError("invalid-params", `expected a channel group (${ids || "there is none"}), got '${id}'`, {
    details: { layer: id },
  });
}

/** The longest list of wanted units, less as few of the last ones as possible, that leaves every producer enough. */
function affordable(
  network: Network,
  analysis: ChannelAnalysis,
  group: ChannelGroup,
  wanted: readonly number[],
  roundTo: number,
): number[] {
  const first = analysis.firstUnit[analysis.groups.indexOf(group)]!;
  const producers = group.producers.map((id) => {
    const channels = new Uint32Array(group.units);
    const unitOf = analysis.unitsOfNode.get(id)!;
    for (const unit of unitOf) if (unit >= 0) channels[unit - first]!++;
    return { channels, total: unitOf.length, minimum: minimumChannels(nodeById(network, id), unitOf.length) };
  });
  const going = [...wanted];
  for (let changed = true; changed;) {
    changed = false;
    for (const { channels, total, minimum } of producers) {
      let kept = going.reduce((rest, unit) => rest - channels[unit]!, total);
      // Giving units back from the end; only those with a channel of this producer help.
      for (let i = going.length - 1; i >= 0 && (kept < minimum || (kept % roundTo !== 0 && kept < total)); i--) {
        const gain = channels[going[i]!]!;
        if (gain === 0) continue;
        kept += gain;
        going.splice(i, 1);
        changed = true;
      }
    }
  }
  return going;
}
