/** Which network teaches a clip. */
import { EngineError } from "../core/errors";
import type { Platform } from "../core/ports";
import type { Snapshot } from "../core/snapshot";
import type { Clip, TimelineDocument } from "../document/document";
import { createTeacher, type DisposableTeacher } from "../training/teacher";
import type { RunData } from "./services";
import { openModelSource } from "./sources";

export interface TeacherRoom {
  readonly document: TimelineDocument;
  readonly data: RunData;
  readonly original: Snapshot;
  /** Clip id -> the network when it ended. */
  readonly ended: ReadonlyMap<string, Snapshot>;
  readonly platform: Platform;
  readonly between: () => Promise<void>;
}

/** The teacher of a clip; the caller disposes it. @throws EngineError `missing-teacher`, or what opening it has wrong */
export async function teacherOf(clip: Clip, room: TeacherRoom): Promise<DisposableTeacher> {
  const { document, between } = room;
  const { task, train, normalization } = room.data;
  return createTeacher(await opened(clip, room), train, {
    task,
    normalization,
    count: Math.min(clip.samples ?? train.count, train.count),
    expected: clip.steps * document.training.batchSize,
    between,
  });
}

async function opened({ id, teacher: reference = "original" }: Clip, room: TeacherRoom): Promise<Snapshot> {
  const { document, data, original, ended, platform } = room;
  if (reference === "original") return original;
  if (reference.startsWith("zoo:")) {
    return (await openModelSource(reference, document.seed, data.info, platform)).snapshot;
  }
  const snapshot = ended.get(reference.slice("after:".length));
  if (snapshot) return snapshot;
  throw new EngineError(
    "missing-teacher",
    `clip '${id}' expected a teacher, got '${reference}'; choose original, after:<clip> or zoo:<id>`,
    { clipId: id },
  );
}
