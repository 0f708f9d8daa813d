/** Whose random numbers a clip draws: its own, whatever else is on the timeline. */
import { beforeAll, describe, expect, it } from "vitest";
import { decodeArtefact } from "../codecs/artefact";
import { numberInBlock } from "../document/schedule";
import { effectiveOf, type RawClip, runTiny, startTiny, tinyDocument, tinyPlatform } from "./tiny.testing";

beforeAll(startTiny);

/** Blocks of the kernels lie at places that are drawn. */
const drawing: RawClip = {
  id: "drawn",
  block: "prune.gran-block-diagonal",
  params: { blockSize: 2, offset: "random" },
};
const later: RawClip = { id: "later", block: "quant.uniform-kbit", start: 1 };
const twice: RawClip = { ...drawing, id: "again", start: 1 };

/** Kernels of the file at the end of the clip that draws. */
async function drawn(clips: readonly RawClip[]): Promise<Float32Array[]> {
  const run = await runTiny(tinyDocument(clips), { platform: await tinyPlatform() });
  const { snapshot } = decodeArtefact(run.boundaries.find(({ point }) => point.clip === "drawn")!.bytes);
  return ["conv2/kernel", "logits/kernel"].map((name) => effectiveOf(snapshot, name));
}

describe("random streams", () => {
  it.each([
    ["of another block", [later, drawing]],
    ["of the same block, listed behind it", [drawing, twice]],
  ])("stay as they are when a clip %s comes or goes", async (_of, clips) => {
    const alone = await drawn([drawing]);
    expect(alone.some((kernel) => kernel.includes(0))).toBe(true);
    expect(await drawn(clips)).toEqual(alone);
  });

  it("differ between clips of one block", () => {
    const document = tinyDocument([drawing, later, twice]);
    expect(document.clips.map((clip) => numberInBlock(document, clip))).toEqual([0, 0, 1]);
  });
});
