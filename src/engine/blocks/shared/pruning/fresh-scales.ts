import { type ParameterState, type Snapshot, valuesOf } from "../../../core/snapshot";
import { derived } from "../../../quantizers/effective";

/** The snapshot with what quantizers derive from weights made for the values it has now: after a block moved weights. */
export function withFreshScales(snapshot: Snapshot, names: Iterable<string>): Snapshot {
  const states = new Map<string, ParameterState>(snapshot.states);
  for (const name of names) {
    const state = states.get(name);
    if (!state?.quantizer) continue;
    states.set(name, { ...state, quantizer: derived(valuesOf(snapshot, name), state.mask, state.quantizer) });
  }
  return { ...snapshot, states };
}
