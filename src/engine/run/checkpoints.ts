/**
 * Boundary states of runs, kept under a hash of everything upstream, so that editing the end of a document does not
 * retrain its beginning and a stopped run goes on from its last boundary, to the same numbers bit for bit.
 */
import type { ClipState } from "../blocks/block";
import { blockMeta, isBlockId } from "../blocks/catalog";
import { parseParams } from "../blocks/params";
import { engineVersion } from "../core/version";
import type { Platform } from "../core/ports";
import type { Snapshot } from "../core/snapshot";
import { pack, type PackedArray, unpack } from "../core/tensor-pack";
import type { LearnedState } from "../training/learned-tensors";
import type { ActivationNumbers, OptimizerState } from "../training/live-model";
import { packState, unpackState } from "../training/live-state";
import { packSlot, type SlotJson, unpackSlot } from "../training/optimizer";
import type { GuardState } from "./accuracy-guard";
import { packTraces, unpackTraces } from "./decision-pack";
import type { DecisionTrace } from "./decisions";
import { type Clip, sortedJson, type TimelineDocument } from "../document/document";
import { numberInBlock, pointInterval } from "../document/schedule";
import type { Point } from "./measure";

/** A clip that goes on past the boundary. */
export interface RunningClip {
  readonly id: string;
  readonly nextRound: number;
  readonly state: ClipState;
  readonly learned: readonly LearnedState[];
  readonly guard: GuardState | undefined;
  /** Networks of the clip's own, by its names for them. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
}

export interface Checkpoint {
  readonly step: number;
  readonly snapshot: Snapshot;
  readonly optimizer: OptimizerState;
  readonly ranges: ActivationNumbers;
  readonly running: readonly RunningClip[];
  /** Optimizer steps of all trials so far. */
  readonly trialSteps: number;
  readonly points: readonly Point[];
  /** As far as somebody listened. */
  readonly decisions: readonly DecisionTrace[];
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

/** A clip as what it does: its parameters with their defaults, and the number that names its random streams. */
const meant = (document: TimelineDocument, clip: Clip): Clip & { readonly number: number } => ({
  ...clip,
  ...(isBlockId(clip.block) ? { params: parseParams(blockMeta(clip.block).params, clip.params, clip.id) } : {}),
  number: numberInBlock(document, clip),
});

/** Clips that have a say in the state after the ends and instants of `step`, in the order that breaks ties. */
const upstreamClips = (document: TimelineDocument, step: number): Clip[] =>
  document.clips
    .filter((clip) => clip.start < step || (clip.start === step && clip.steps === 0))
    .map((clip) => meant(document, clip));

/** @param scored whether points and what they are made of are part of the state */
export function checkpointKey(
  upstream: Upstream,
  step: number,
  { sha256 }: Pick<Platform, "sha256">,
  scored = true,
): Promise<string> {
  const { name: _name, clips: _clips, ...settings } = upstream.document;
  const text = sortedJson({
    engineVersion,
    backend: upstream.backend,
    model: upstream.modelIdentity,
    data: upstream.dataIdentity,
    // Points are part of the state, and how many there are.
    settings: { ...settings, evaluateEvery: pointInterval(upstream.document) },
    step,
    clips: upstreamClips(upstream.document, step),
    ...(scored ? {} : { scored }),
  });
  return sha256(new TextEncoder().encode(text));
}

/** What a trial at `step` depends on besides its request, in one text. @param beside the clips whose terms it trains with */
export function trialUpstream({ document, ...upstream }: Upstream, step: number, beside: readonly Clip[]): string {
  const { name: _name, clips: _clips, ...settings } = document;
  const before = upstreamClips(document, step);
  const by = beside.map((clip) => meant(document, clip));
  return sortedJson({ engineVersion, ...upstream, settings, step, before, beside: by });
}

/** Of a running clip, less its arrays. */
interface RunningJson {
  readonly id: string;
  readonly nextRound: number;
  readonly state: ClipState;
  readonly learned: readonly {
    readonly name: string;
    readonly slot?: SlotJson;
  }[];
  readonly guard?: {
    readonly reference: number;
    readonly stopped: boolean;
    readonly pending?: { readonly order: number; readonly before: unknown; readonly after: unknown };
  };
  readonly snapshots: Readonly<Record<string, unknown>>;
}

interface CheckpointJson {
  readonly step: number;
  readonly state: unknown;
  readonly ranges: Checkpoint["ranges"];
  readonly running: readonly RunningJson[];
  readonly trialSteps: number;
  readonly points: readonly Point[];
  readonly decisions: unknown;
  readonly teachers: Readonly<Record<string, unknown>>;
}

function prefixed(prefix: string, arrays: ReadonlyMap<string, PackedArray>): [string, PackedArray][] {
  return [...arrays].map(([name, array]) => [prefix + name, array]);
}

function withoutPrefix(prefix: string, arrays: ReadonlyMap<string, PackedArray>): Map<string, PackedArray> {
  const found = [...arrays].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, array]) => [name.slice(prefix.length), array]));
}

function packRunning({ id, nextRound, state, learned, guard, snapshots }: RunningClip): {
  readonly json: RunningJson;
  readonly arrays: [string, PackedArray][];
} {
  const pending = guard?.pending && {
    order: guard.pending.order,
    before: packState(guard.pending.before),
    after: packState(guard.pending.after),
  };
  const own = [...snapshots].map(([name, snapshot]) => [name, packState(snapshot)] as const);
  return {
    json: {
      id,
      nextRound,
      state,
      learned: learned.map(({ name, slot }) => ({
        name,
        ...(slot ? { slot: packSlot(slot, `moment/${id}/${name}`).json } : {}),
      })),
      ...(guard
        ? {
            guard: {
              reference: guard.reference,
              stopped: guard.stopped,
              ...(pending
                ? { pending: { order: pending.order, before: pending.before.json, after: pending.after.json } }
                : {}),
            },
          }
        : {}),
      snapshots: Object.fromEntries(own.map(([name, packed]) => [name, packed.json])),
    },
    arrays: [
      ...learned.flatMap(({ name, values, slot }): [string, PackedArray][] => [
        [`learned/${id}/${name}`, values],
        ...(slot ? packSlot(slot, `moment/${id}/${name}`).arrays : []),
      ]),
      ...(pending ? prefixed(`before/${id}/`, pending.before.arrays) : []),
      ...(pending ? prefixed(`after/${id}/`, pending.after.arrays) : []),
      ...own.flatMap(([name, packed]) => prefixed(`own/${id}/${name}/`, packed.arrays)),
    ],
  };
}

function unpackRunning(json: RunningJson, arrays: ReadonlyMap<string, PackedArray>): RunningClip {
  const { id, guard } = json;
  const floats = (name: string) => arrays.get(name) as Float32Array;
  const network = (where: string, json: unknown): Snapshot =>
    unpackState({ json, arrays: withoutPrefix(`${where}/${id}/`, arrays) }).snapshot;
  return {
    id,
    nextRound: json.nextRound,
    state: json.state,
    learned: json.learned.map(({ name, slot }) => ({
      name,
      values: floats(`learned/${id}/${name}`),
      ...(slot ? { slot: unpackSlot(slot, `moment/${id}/${name}`, arrays) } : {}),
    })),
    guard: guard && {
      reference: guard.reference,
      stopped: guard.stopped,
      pending: guard.pending && {
        order: guard.pending.order,
        before: network("before", guard.pending.before),
        after: network("after", guard.pending.after),
      },
    },
    snapshots: new Map(
      Object.entries(json.snapshots).map(([name, packed]) => [
        name,
        unpackState({ json: packed, arrays: withoutPrefix(`own/${id}/${name}/`, arrays) }).snapshot,
      ]),
    ),
  };
}

export function packCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { step, ranges, trialSteps, points, confusion } = checkpoint;
  const running = checkpoint.running.map(packRunning);
  const state = packState(checkpoint.snapshot, checkpoint.optimizer);
  const decisions = packTraces(checkpoint.decisions);
  const teachers = [...checkpoint.teachers].map(([id, snapshot]) => [id, packState(snapshot)] as const);
  const json: CheckpointJson = {
    step,
    state: state.json,
    ranges,
    running: running.map((packed) => packed.json),
    trialSteps,
    points,
    decisions: decisions.json,
    teachers: Object.fromEntries(teachers.map(([id, packed]) => [id, packed.json])),
  };
  return pack({
    json,
    arrays: new Map<string, PackedArray>([
      ["confusion", confusion],
      ...prefixed("state/", state.arrays),
      ...running.flatMap((packed) => packed.arrays),
      ...prefixed("decision/", decisions.arrays),
      ...teachers.flatMap(([id, packed]) => prefixed(`teacher/${id}/`, packed.arrays)),
    ]),
  });
}

export function unpackCheckpoint(bytes: Uint8Array): Checkpoint {
  const { json, arrays } = unpack(bytes);
  const { step, state, ranges, running, trialSteps, points, decisions, teachers } = json as CheckpointJson;
  const { snapshot, optimizer } = unpackState({ json: state, arrays: withoutPrefix("state/", arrays) });
  return {
    step,
    snapshot,
    optimizer,
    ranges,
    running: running.map((clip) => unpackRunning(clip, arrays)),
    trialSteps,
    points,
    decisions: unpackTraces({ json: decisions, arrays: withoutPrefix("decision/", arrays) }),
    confusion: arrays.get("confusion") as Uint32Array,
    teachers: new Map(
      Object.entries(teachers).map(([id, teacher]) => [
        id,
        unpackState({ json: teacher, arrays: withoutPrefix(`teacher/${id}/`, arrays) }).snapshot,
      ]),
    ),
  };
}

/** A state that cannot be read is as good as none: the run starts earlier. */
export function readCheckpoint(bytes: Uint8Array): Checkpoint | undefined {
  try {
    return unpackCheckpoint(bytes);
  } catch {
    return undefined;
  }
}

type Kept = Pick<Platform, "cache" | "sha256">;

/** Bytes that may be the state at a step. Who needs no points takes a state with or without them. */
async function* keptAt(upstream: Upstream, step: number, platform: Kept, scored: boolean): AsyncGenerator<Uint8Array> {
  for (const withPoints of scored ? [true] : [true, false]) {
    const bytes = await platform.cache.get(await checkpointKey(upstream, step, platform, withPoints));
    if (bytes) yield bytes;
  }
}

/** Whether a state is kept at a step. */
export async function isKept(upstream: Upstream, step: number, platform: Kept, scored: boolean): Promise<boolean> {
  for await (const _ of keptAt(upstream, step, platform, scored)) return true;
  return false;
}

/** The state at the latest of some steps, ascending, that is kept, can be read and is accepted. */
export async function latestCheckpoint(
  upstream: Upstream,
  steps: readonly number[],
  platform: Kept,
  { scored, accepts }: { readonly scored: boolean; readonly accepts: (checkpoint: Checkpoint) => boolean },
): Promise<Checkpoint | undefined> {
  for (const step of steps.toReversed()) {
    for await (const bytes of keptAt(upstream, step, platform, scored)) {
      const checkpoint = readCheckpoint(bytes);
      if (checkpoint && accepts(checkpoint)) return checkpoint;
    }
  }
  return undefined;
}
