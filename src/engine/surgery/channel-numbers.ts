/** What a channel is called for as long as a run lasts, whoever cuts others out around it. */
import type { Network } from "../core/network";
import type { Snapshot } from "../core/snapshot";
import { shapesOf } from "../ops/registry";
import type { ChannelGroup } from "./channel-groups";

/** Number of each output channel of a node: its place when none had been cut out yet. */
export function channelNumbers({ network, channels }: Snapshot, nodeId: string): Uint32Array {
  const count = shapesOf(network).get(nodeId)!.at(-1)!;
  const known = channels?.get(nodeId);
  return known?.length === count ? known : Uint32Array.from({ length: count }, (_, c) => c);
}

/** Number of each unit of a group: that of the channel which its first producer makes for it. */
export function unitNumbers(snapshot: Snapshot, { producers, slices, units }: ChannelGroup): Uint32Array {
  const made = slices.find(({ node, side, role }) => node === producers[0] && side === "makes" && role === "kernel")!;
  const numbers = channelNumbers(snapshot, made.node);
  const out = new Uint32Array(units);
  made.unitOf.forEach((unit, channel) => {
    if (unit >= 0) out[unit] = numbers[channel]!;
  });
  return out;
}

/** The numbers that are left where some output channels of nodes stay. @param kept node id -> channels that stay */
export function cutChannelNumbers(
  snapshot: Snapshot,
  kept: ReadonlyMap<string, Uint32Array>,
): ReadonlyMap<string, Uint32Array> {
  const cut = [...kept].map(([id, stay]) => {
    const numbers = channelNumbers(snapshot, id);
    return [id, stay.map((channel) => numbers[channel]!)] as const;
  });
  return new Map([...(snapshot.channels ?? []), ...cut]);
}

export const nodeIds = (network: Network): ReadonlySet<string> => new Set(network.nodes.map(({ id }) => id));
