/** For tests only: documents on the data and the network of `tiny.testing.ts`. Light: what is told from a document loads no tensors. */
import { parseDocument, type TimelineDocument } from "./document";

export type RawClip = Partial<TimelineDocument["clips"][number]> & { readonly block: string };

/** A document on the tiny data; clips are `c0`, `c1`, ... and instants at 0 unless they say otherwise. */
export function tinyDocument(
  clips: readonly RawClip[],
  more: Readonly<Record<string, unknown>> = {},
): TimelineDocument {
  return parseDocument({
    version: 1,
    name: "tiny",
    seed: 7,
    dataset: { id: "file:data" },
    model: { source: "file:net" },
    training: { learningRate: 0.003, batchSize: 32 },
    evaluateEvery: 1000,
    liveTest: 40,
    bnRecalibrationBatches: 3,
    clips: clips.map((clip, i) => ({ id: `c${i}`, start: 0, steps: 0, ...clip })),
    ...more,
  });
}
