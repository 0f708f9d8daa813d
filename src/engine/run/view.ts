/** The network that would remain if every running clip ended now: what is scored, shown and kept. */
import type { Snapshot } from "../core/snapshot";
import { type ActiveClip, inClip } from "./active-clip";

/** @param active the clips at work, in the order in which they began; those that have not begun have no say */
export async function viewOf(snapshot: Snapshot, active: readonly ActiveClip[]): Promise<Snapshot> {
  let seen = snapshot;
  for (const { clip, run, begun } of active) {
    const before = seen;
    if (begun && run.view) seen = await inClip(clip, async () => run.view!(before));
  }
  return seen;
}
