import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addBlock, clipActions } from "../actions/clip-actions";
import { clipOf } from "../edits/clip-edits";
import { defaultDocument } from "../edits/default-document";
import { startI18n } from "../i18n/i18n";
import { createDocumentStore } from "../stores/document-store";
import { createNoticeStore } from "../stores/notice-store";
import { createDragSession, type DragSession, type DragSurface } from "./drag-session";

beforeAll(() => startI18n("en"));

/** Two pixels a step from x = 100, 100 to 300 pixels from the top: the grid is 5 steps, a magnet draws 4. */
const surface: DragSurface = {
  scale: 2,
  stepAt: (x) => (x - 100) / 2,
  contains: (_, y) => y >= 100 && y <= 300,
  scrollNear: () => false,
};
const at = (step: number, free = false) => ({ x: 100 + 2 * step, y: 200, free });
const outside = { x: 100, y: 20, free: false };

/** The document of the example: prune 0 to 500, quantize 470 to 940, distil 0 to 940. */
const setup = () => ({ document: createDocumentStore(defaultDocument), notices: createNoticeStore() });
let studio: ReturnType<typeof setup>;
let session: DragSession;
beforeEach(() => {
  studio = setup();
  session = createDragSession(studio);
  session.setSurface(surface);
});

const state = () => studio.document.getState();
const said = () => studio.notices.getState().announcement;
const placeOf = (id: string) => {
  const clip = clipOf(state().draft ?? state().document, id);
  return clip && [clip.start, clip.steps];
};

describe("a clip that is dragged by a pointer", () => {
  it("is moved in a draft, keeps what the pointer took hold of, and is one step to undo", () => {
    session.start({ act: "move", clip: "prune" }, at(200));
    session.move(at(261));
    session.move(at(302));
    // Taken at 200, it has gone 102 steps: its beginning to 102, and from there to the grid.
    expect(placeOf("prune")).toEqual([100, 500]);
    expect(state().document).toBe(defaultDocument);
    session.drop();
    expect(placeOf("prune")).toEqual([100, 500]);
    expect(state().draft).toBeNull();
    expect(state().past).toHaveLength(1);
    expect(state().selected).toBe("prune");
    expect(said()).toBe("Magnitude pruning now from step 100 to 600.");
  });
  it("is drawn by other clips' ends, unless the pointer is free", () => {
    session.start({ act: "move", clip: "prune" }, at(0));
    session.move(at(468));
    expect(placeOf("prune")).toEqual([470, 500]);
    session.move(at(468, true));
    expect(placeOf("prune")).toEqual([468, 500]);
  });
  it("is stretched by its ends", () => {
    session.start({ act: "end", clip: "distil" }, at(942));
    session.move(at(702));
    session.drop();
    expect(placeOf("distil")).toEqual([0, 700]);
    session.start({ act: "start", clip: "quantize" }, at(470));
    session.move(at(600));
    session.drop();
    expect(placeOf("quantize")).toEqual([600, 340]);
  });
  it("stays where it was when the drag is cancelled, or goes nowhere", () => {
    session.start({ act: "move", clip: "prune" }, at(200));
    session.move(at(400));
    session.cancel();
    expect(state()).toMatchObject({ document: defaultDocument, draft: null, past: [] });
    expect(said()).toBe("Cancelled. Nothing has changed.");
    session.start({ act: "move", clip: "prune" }, at(200));
    session.move(at(400));
    session.move(at(200));
    session.drop();
    expect(state()).toMatchObject({ document: defaultDocument, past: [] });
  });
  it("is named by the survey as it goes", () => {
    session.start({ act: "move", clip: "prune" }, at(0));
    session.move(at(940));
    session.drop();
    // Distilled first, pruned when both others are over: B, and quantize while distilling stays.
    expect(said()).toBe(
      "Magnitude pruning now from step 940 to 1440. Now: B distil, then prune; B quantize while distilling.",
    );
  });
});

describe("a method that is dragged by a pointer", () => {
  const item = { act: "add", block: "train.fine-tune" } as const;
  it("is seen only over the timeline, and added there", () => {
    session.start(item, outside);
    expect(session.isOver()).toBe(false);
    session.move(at(440));
    expect(session.isOver()).toBe(true);
    expect(placeOf("train-1")).toEqual([440, 500]);
    session.move(outside);
    expect([session.isOver(), state().draft]).toEqual([false, null]);
    session.move(at(440));
    session.drop();
    expect(state().selected).toBe("train-1");
    expect(said()).toBe("Fine-tune added from step 440 to 940.");
  });
  it("is not added anywhere else", () => {
    session.start(item, outside);
    session.move(outside);
    session.drop();
    expect(state()).toMatchObject({ document: defaultDocument, draft: null, past: [] });
    expect(said()).toBe("Fine-tune was not dropped on the timeline.");
  });
  it("is added behind its lane by a press that went nowhere", () => {
    session.start(item, outside);
    session.tap(item);
    expect(placeOf("train-1")).toEqual([0, 940]);
  });
});

describe("a drag by keyboard", () => {
  const key = (direction: "left" | "right" | "up" | "down", options = {}) =>
    session.key({ direction, far: false, fine: false, ...options });
  it("moves by the grid, five times as far, by one step, and to the next end", () => {
    session.start({ act: "move", clip: "quantize" }, null);
    expect(said()).toBe(
      "Fake quantization (QAT) lifted, from step 470 to 940. Arrow keys move it, Space drops it, Escape cancels.",
    );
    key("right");
    expect(placeOf("quantize")).toEqual([475, 470]);
    key("right", { far: true });
    expect(placeOf("quantize")).toEqual([500, 470]);
    key("left", { fine: true });
    expect(placeOf("quantize")).toEqual([499, 470]);
    key("up");
    expect(placeOf("quantize")).toEqual([470, 470]);
    key("down");
    session.drop();
    expect(placeOf("quantize")).toEqual([500, 470]);
    expect(state().past).toHaveLength(1);
  });
  it("lays a method behind its lane at once", () => {
    session.start({ act: "add", block: "prune.filter-l1" }, null);
    expect(placeOf("prune-1")).toEqual([500, 440]);
    session.cancel();
    expect(state().document).toBe(defaultDocument);
  });
});

describe("keys on a clip", () => {
  const press = (keys: string, id = "prune") =>
    clipActions.find((action) => action.keys.includes(keys))?.perform(studio, id, 10);
  it.each([
    ["ArrowRight", [10, 500]],
    ["ArrowLeft", [0, 500]],
    ["Alt+ArrowRight", [1, 500]],
    ["Shift+ArrowRight", [0, 510]],
    ["Shift+ArrowLeft", [0, 490]],
    ["Alt+Shift+ArrowRight", [10, 490]],
  ])("%s", (keys, place) => {
    press(keys);
    expect(placeOf("prune")).toEqual(place);
  });
  it("in a row are one step to undo", () => {
    press("ArrowRight");
    press("Shift+ArrowRight");
    press("ArrowRight");
    expect(state().past).toHaveLength(1);
    press("ArrowRight", "quantize");
    expect(state().past).toHaveLength(2);
  });
  it("duplicate, delete, and say so", () => {
    press("Mod+D");
    expect([state().selected, placeOf("prune-1")]).toEqual(["prune-1", [500, 500]]);
    press("Delete", "prune-1");
    expect(state().document.clips.map(({ id }) => id)).toEqual(["prune", "quantize", "distil"]);
    expect(said()).toMatch(/^Magnitude pruning deleted\./);
  });
  it("add a method behind its lane", () => {
    expect(addBlock(studio, "quant.uniform-kbit")).toBe("quantize-1");
    expect(placeOf("quantize-1")).toEqual([940, 0]);
  });
});
