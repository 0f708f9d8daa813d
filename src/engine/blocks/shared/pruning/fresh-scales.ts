import { applyMask, refreshScales } from "../../../core/effective";
import { type ParameterState, type Snapshot, valuesOf } from "../../../core/snapshot";

/** The snapshot with the scales of quantized parameters made for the values it has now: after a block has moved weights. */
export function withFreshScales(snapshot: Snapshot, names: Iterable<string>): Snapshot {
  const states = new Map<string, ParameterState>(snapshot.states);
  for (const name of names) {
    const state = states.get(name);
    if (state?.quantizer?.kind !== "uniform") continue;
    states.set(name, {
      ...state,
      quantizer: refreshScales(applyMask(valuesOf(snapshot, name), state.mask), state.quantizer),
    });
  }
  return { ...snapshot, states };
}
