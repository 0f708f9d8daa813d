/**
 * Boundary states of runs, kept under a hash of everything upstream, so that editing the end of a document does not
 * retrain its beginning and a stopped run goes on from its last boundary, to the same numbers bit for bit.
 */
import type { ClipState } from "../blocks/block";
import { engineVersion } from "../core/version";
import type { Platform } from "../core/ports";
import type { Snapshot } from "../core/snapshot";
import { pack, type PackedArray, unpack } from "../core/tensor-pack";
import type { OptimizerState } from "../training/live-model";
import { packState, unpackState } from "../training/live-state";
import { type Clip, sortedJson, type TimelineDocument } from "./document";
import type { Point } from "./measure";

/** A clip that goes on past the boundary. */
export interface RunningClip {
  readonly id: string;
  readonly nextRound: number;
  readonly state: ClipState;
}

export interface Checkpoint {
  readonly step: number;
  readonly snapshot: Snapshot;
  readonly optimizer: OptimizerState;
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
  readonly running: readonly RunningClip[];
  readonly points: readonly Point[];
  /** How the last point scored by class. */
  readonly confusion: Uint32Array;
  /** Clip id -> the network when it ended, of clips that teach later. */
  readonly teachers: ReadonlyMap<string, Snapshot>;
}

/** What a run's every state depends on besides its clips. */
export interface Upstream {
  readonly document: TimelineDocument;
  /** Changes when the source network's bytes would. */
  readonly modelIdentity: string;
  /** Changes when the images or labels would. */
  readonly dataIdentity: string;
  readonly backend: string;
}

/**
 * Clips that have a say in the state after the ends and instants of `step`, each with its place in the document: it
 * breaks ties and names the clip's random streams.
 */
const upstreamClips = ({ clips }: TimelineDocument, step: number): (Clip & { readonly place: number })[] =>
  clips
    .map((clip, place) => ({ ...clip, place }))
    .filter((clip) => clip.start < step || (clip.start === step && clip.steps === 0));

export function checkpointKey(upstream: Upstream, step: number, { sha256 }: Pick<Platform, "sha256">): Promise<string> {
  const { name: _name, clips: _clips, ...settings } = upstream.document;
  const text = sortedJson({
    engineVersion,
    backend: upstream.backend,
    model: upstream.modelIdentity,
    data: upstream.dataIdentity,
    settings,
    step,
    clips: upstreamClips(upstream.document, step),
  });
  return sha256(new TextEncoder().encode(text));
}

interface CheckpointJson {
  readonly step: number;
  readonly state: unknown;
  readonly ranges: Checkpoint["ranges"];
  readonly running: readonly RunningClip[];
  readonly points: readonly Point[];
  readonly teachers: Readonly<Record<string, unknown>>;
}

function prefixed(prefix: string, arrays: ReadonlyMap<string, PackedArray>): [string, PackedArray][] {
  return [...arrays].map(([name, array]) => [prefix + name, array]);
}

function withoutPrefix(prefix: string, arrays: ReadonlyMap<string, PackedArray>): Map<string, PackedArray> {
  const found = [...arrays].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, array]) => [name.slice(prefix.length), array]));
}

export function packCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { step, ranges, running, points, confusion } = checkpoint;
  const state = packState(checkpoint.snapshot, checkpoint.optimizer);
  const teachers = [...checkpoint.teachers].map(([id, snapshot]) => [id, packState(snapshot)] as const);
  const json: CheckpointJson = {
    step,
    state: state.json,
    ranges,
    running,
    points,
    teachers: Object.fromEntries(teachers.map(([id, packed]) => [id, packed.json])),
  };
  return pack({
    json,
    arrays: new Map<string, PackedArray>([
      ["confusion", confusion],
      ...prefixed("state/", state.arrays),
      ...teachers.flatMap(([id, packed]) => prefixed(`teacher/${id}/`, packed.arrays)),
    ]),
  });
}

export function unpackCheckpoint(bytes: Uint8Array): Checkpoint {
  const { json, arrays } = unpack(bytes);
  const { step, state, ranges, running, points, teachers } = json as CheckpointJson;
  const { snapshot, optimizer } = unpackState({ json: state, arrays: withoutPrefix("state/", arrays) });
  return {
    step,
    snapshot,
    optimizer,
    ranges,
    running,
    points,
    confusion: arrays.get("confusion") as Uint32Array,
    teachers: new Map(
      Object.entries(teachers).map(([id, teacher]) => [
        id,
        unpackState({ json: teacher, arrays: withoutPrefix(`teacher/${id}/`, arrays) }).snapshot,
      ]),
    ),
  };
}
