/** What the first decision of a clip would remove or quantize, found out on a copy of the network. */
import type { Role } from "../blocks/block";
import { blockMeta } from "../blocks/catalog";
import { EngineError } from "../core/errors";
import { effectiveValues } from "../quantizers/effective";
import { type Snapshot, valuesOf } from "../core/snapshot";
import { type ChannelGroup, channelGroups } from "../surgery/channel-groups";
import { LiveModel } from "../training/live-model";
import { disposeClip, inClip, prepareClip, takeDecisions } from "../run/active-clip";
import { decidesAnything, type LayerTrace, traceLayers, watchModel } from "../run/decisions";
import type { TimelineDocument } from "../document/document";
import { modelAccess } from "../run/model-access";
import { type ActivationTrace, traceActivations } from "../run/widths";
import { beginStudy, clipOf, stateBefore, type Study, type StudyDeps } from "./state-before";

/** Units that go together: filters or hidden units, with all that reads them. */
export interface PreviewGroup {
  /** Names it in `clip.layers`. */
  readonly id: string;
  /** Node ids of the layers that make these units. */
  readonly producers: readonly string[];
  /** One for each unit: the criterion's, larger is more important, or the mean |w| where it tells none. */
  readonly scores: Float32Array;
  readonly scoredBy: "criterion" | "magnitude";
  /** Units that would go, ascending. */
  readonly going: Uint32Array;
}

export type DecisionPreview =
  /** The network at the clip's start has not been computed yet: so many optimizer steps are to be trained first. */
  | { readonly state: "needs-run"; readonly steps: number }
  /** The clip decides nothing at its start: its decisions come of training. */
  | { readonly state: "later" }
  | {
      readonly state: "decided";
      /** Of structured pruning; empty where single weights go. */
      readonly groups: readonly PreviewGroup[];
      readonly layers: readonly LayerTrace[];
      /** Outputs whose width would change. */
      readonly activations: readonly ActivationTrace[];
    };

export interface PreviewOptions {
  /** Whether to train up to the clip's start where no state is kept; default false. */
  readonly mayTrain?: boolean;
}

/** What clips of these do can be seen in the network at once; the others teach and train. */
const decidingRoles: readonly Role[] = ["prune", "quantize"];

/**
 * @throws EngineError `usage` for a clip that is not there or neither prunes nor quantizes, and whatever the document, its files or the
 *   clip have wrong
 */
export async function previewDecision(
  document: TimelineDocument,
  clipId: string,
  deps: StudyDeps,
  { mayTrain = false }: PreviewOptions = {},
): Promise<DecisionPreview> {
  const { block } = clipOf(document, clipId);
  if (!decidingRoles.some((role) => blockMeta(block, clipId).roles.includes(role))) {
    throw new EngineError("usage", `expected a clip that prunes or quantizes, got '${clipId}' of ${block}`, { clipId });
  }
  const study = await beginStudy(document, clipId, deps);
  if (study.stepsToTrain > 0 && !mayTrain) return { state: "needs-run", steps: study.stepsToTrain };
  return decideOn(await stateBefore(study, deps), study, clipOf(document, clipId).steps === 0, deps);
}

async function decideOn(
  before: Snapshot,
  { document, clip, inputs }: Study,
  instant: boolean,
  { platform, control }: StudyDeps,
): Promise<DecisionPreview> {
  let scores: ReadonlyMap<string, Float32Array> = new Map();
  const active = prepareClip(instant ? { ...clip!, steps: 0 } : clip!, undefined, {
    document: { ...document, clips: document.clips.map((c) => (c === clip && instant ? { ...c, steps: 0 } : c)) },
    data: inputs.data,
    teacher: undefined,
    between: async () => {
      await platform.yieldToHost();
      control.check();
    },
    // Of several decisions at one step the first tells.
    tellScores: (told) => {
      if (scores.size === 0) scores = told;
    },
  });
  const live = new LiveModel(before);
  const access = modelAccess(
    () => live,
    () => undefined,
  );
  const watched = watchModel(access);
  const { run } = active;
  try {
    return await inClip(active.clip, async () => {
      let ended = false;
      try {
        await run.onBegin?.(watched);
        await takeDecisions(active, active.clip.start, watched, undefined);
        if (instant) {
          ended = true;
          await run.onEnd?.(watched, "finished");
        }
      } finally {
        if (!ended) await run.onEnd?.(access, "stopped");
      }
      const after = await live.snapshot();
      const layers = traceLayers(before, after, watched.kept());
      const activations = traceActivations(before, after);
      if (!instant && !decidesAnything(layers, activations)) return { state: "later" };
      const structured = blockMeta(active.clip.block).traits.granularity === "structured";
      return { state: "decided", groups: structured ? previewGroups(before, layers, scores) : [], layers, activations };
    });
  } finally {
    disposeClip(active);
    live.dispose();
  }
}

/** Groups that the criterion scored, or where it tells no scores those that lose units. */
function previewGroups(
  before: Snapshot,
  layers: readonly LayerTrace[],
  scores: ReadonlyMap<string, Float32Array>,
): PreviewGroup[] {
  return channelGroups(before.network).flatMap((group): PreviewGroup[] => {
    const going = goingUnits(group, layers);
    const told = scores.get(group.id);
    if (!told && (scores.size > 0 || going.length === 0)) return [];
    const { id, producers } = group;
    return [
      { id, producers, going, scores: told ?? meanSizes(before, group), scoredBy: told ? "criterion" : "magnitude" },
    ];
  });
}

const kernelSlices = ({ producers, slices }: ChannelGroup) =>
  slices.filter(({ side, role, node }) => side === "makes" && role === "kernel" && producers.includes(node));

function goingUnits(group: ChannelGroup, layers: readonly LayerTrace[]): Uint32Array {
  const going = new Set<number>();
  for (const { node, unitOf } of kernelSlices(group)) {
    for (const output of layers.find(({ layer }) => layer === node)?.units.removed ?? []) {
      const unit = unitOf[output]!;
      if (unit >= 0) going.add(unit);
    }
  }
  return Uint32Array.from(going).sort();
}

function meanSizes(snapshot: Snapshot, group: ChannelGroup): Float32Array {
  const sums = new Float64Array(group.units);
  const counts = new Float64Array(group.units);
  for (const { parameter, unitOf, stride } of kernelSlices(group)) {
    const values = effectiveValues(valuesOf(snapshot, parameter), snapshot.states.get(parameter));
    for (let i = 0; i < values.length; i++) {
      const unit = unitOf[Math.floor(i / stride) % unitOf.length]!;
      if (unit < 0) continue;
      sums[unit]! += Math.abs(values[i]!);
      counts[unit]!++;
    }
  }
  return Float32Array.from(sums, (sum, unit) => sum / (counts[unit] || 1));
}
