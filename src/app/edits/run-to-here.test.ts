import { describe, expect, it } from "vitest";
import { tinyDocument } from "../../engine/document/tiny-document.testing";
import { validate } from "../../engine/document/validate";
import { cutAtEndOf } from "./run-to-here";

const kd = { block: "distill.kd-logits", teacher: "original" };
const tune = { block: "train.fine-tune" };
/** `id start+steps` of each clip that is left. */
const left = (clips: Parameters<typeof tinyDocument>[0], id: string) =>
  cutAtEndOf(id, "cut")(tinyDocument(clips)).clips.map((c) => `${c.id} ${c.start}+${c.steps}`);

describe("cutAtEndOf", () => {
  it("keeps what is over, cuts what overlaps, drops what begins at the end or later", () => {
    expect(
      left(
        [
          { ...tune, start: 0, steps: 40 },
          { block: "prune.magnitude", start: 10, steps: 90 },
          { ...kd, start: 50, steps: 200 },
          { ...tune, start: 100, steps: 50 },
          { block: "quant.uniform-kbit", start: 100 },
          { ...tune, start: 120, steps: 5 },
        ],
        "c1",
      ),
      // c1 ends at 100: c2 keeps 100 - 50 = 50 steps; the instant at 100 is done after the clips that end there.
    ).toEqual(["c0 0+40", "c1 10+90", "c2 50+50"]);
  });

  it("of instants at one step keeps those that the document names first, and no clip that starts there", () => {
    const clips = [
      { block: "prune.magnitude", start: 20 },
      { block: "quant.uniform-kbit", start: 20 },
      { block: "prune.filter-l1", start: 20 },
      { ...tune, start: 20, steps: 30 },
      { ...kd, start: 5, steps: 100 },
    ];
    expect(left(clips, "c1")).toEqual(["c0 20+0", "c1 20+0", "c4 5+15"]);
  });

  it("says so in the name, no longer than a name may be, and leaves everything else", () => {
    const document = tinyDocument([{ ...tune, steps: 3 }]);
    const cut = cutAtEndOf("c0", "x".repeat(300))(document);
    expect(cut).toEqual({ ...document, name: "x".repeat(200) });
  });

  it("a clip that is not there changes nothing", () => {
    const document = tinyDocument([{ ...tune, steps: 3 }]);
    expect(cutAtEndOf("nobody", "cut")(document)).toBe(document);
  });

  it("a teacher that was ready stays on the timeline", () => {
    const document = tinyDocument([
      { ...tune, steps: 10 },
      { ...kd, teacher: "after:c0", start: 10, steps: 20 },
      { ...tune, start: 15, steps: 40 },
    ]);
    expect(validate(cutAtEndOf("c1", "cut")(document))).toEqual([]);
  });
});
