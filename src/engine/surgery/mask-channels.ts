/**
 * Removing channels without changing shapes: the weights that make a removed channel (its kernel slice, bias, batch
 * normalization gamma and beta) become zeros under a mask. The network then computes exactly what the physically
 * shrunk one of `remove-channels.ts` computes.
 */
import { applyMask } from "../core/effective";
import { type ParameterRole, sizeOfShape } from "../core/network";
import { type ParameterState, type Snapshot, valuesOf } from "../core/snapshot";
import { channelAxes } from "./channel-groups";
import { planRemovals, type RemovalOptions, type Removals } from "./removal-plan";

/** Statistics are data, not weights: with gamma and beta at zero they have no effect. */
const maskedRoles: ReadonlySet<ParameterRole> = new Set(["kernel", "bias", "gamma", "beta"]);

/**
 * The snapshot with masks (and zeros under them) over the channels that `removeChannels` would cut out. Masks that are
 * there already stay. Returns `snapshot` itself when nothing goes.
 * @throws EngineError as `planRemovals`
 */
export function maskChannels(snapshot: Snapshot, removals: Removals, options: RemovalOptions = {}): Snapshot {
  const { network } = snapshot;
  const { analysis, units, removed } = planRemovals(network, removals, options);
  if (units.size === 0) return snapshot;
  const values = new Map(snapshot.values);
  const states = new Map<string, ParameterState>(snapshot.states);
  for (const { parameter, role, stride, side, layout, shape } of channelAxes(network)) {
    if (side !== "makes" || !maskedRoles.has(role)) continue;
    const gone = analysis.unitsOfNode.get(layout)!.map((unit) => (unit >= 0 ? removed[unit]! : 0));
    if (!gone.includes(1)) continue;
    const mask = states.get(parameter)?.mask?.slice() ?? new Uint8Array(sizeOfShape(shape)).fill(1);
    for (let i = 0; i < mask.length; i++) if (gone[Math.floor(i / stride) % gone.length]) mask[i] = 0;
    states.set(parameter, { ...states.get(parameter), mask });
    values.set(parameter, applyMask(valuesOf(snapshot, parameter), mask));
  }
  return { ...snapshot, values, states };
}
