import { beforeEach, describe, expect, it } from "vitest";
import { fakeTimers, type FakeTimers } from "../../worker/timers.testing";
import { type Autosave, createAutosave } from "./autosave";
import type { Kept } from "./page-storage";

let timers: FakeTimers;
let states: string[];
/** Saves that have begun; each ends when the test says how. */
let saves: ((kept: Kept) => void)[];
let autosave: Autosave;

beforeEach(() => {
  timers = fakeTimers();
  states = [];
  saves = [];
  autosave = createAutosave({
    save: () => new Promise((resolve) => saves.push(resolve)),
    after: (ms, callback) => timers.after(ms, callback),
    onState: (state) => states.push(state),
  });
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("autosave", () => {
  it("saves 300 ms after the last change, once", () => {
    autosave.changed();
    timers.advance(200);
    autosave.changed();
    timers.advance(299);
    expect(saves).toHaveLength(0);
    timers.advance(1);
    expect(saves).toHaveLength(1);
    timers.advance(10_000);
    expect(saves).toHaveLength(1);
  });

  it("says saving from the change on, and then how it ended", async () => {
    autosave.changed();
    expect(states).toEqual(["saving"]);
    timers.advance(300);
    saves[0]!("saved");
    await settled();
    expect(states).toEqual(["saving", "saved"]);
  });

  it("does not say saved while a later change waits", async () => {
    autosave.changed();
    timers.advance(300);
    autosave.changed();
    saves[0]!("saved");
    await settled();
    expect(states.at(-1)).toBe("saving");
    timers.advance(300);
    saves[1]!("failed");
    await settled();
    expect(states.at(-1)).toBe("failed");
  });

  it("begins at once when it is flushed, and not again when its time comes", () => {
    autosave.changed();
    expect(autosave.waits).toBe(true);
    void autosave.flush();
    expect(saves).toHaveLength(1);
    expect(autosave.waits).toBe(false);
    timers.advance(300);
    expect(saves).toHaveLength(1);
  });

  it("saves nothing when there is nothing to flush", async () => {
    await autosave.flush();
    expect(saves).toHaveLength(0);
  });

  it("waits for the save under way, so that the later content is the last to be written", async () => {
    autosave.changed();
    timers.advance(300);
    autosave.changed();
    void autosave.flush();
    expect(saves).toHaveLength(1);
    saves[0]!("saved");
    await settled();
    expect(saves).toHaveLength(2);
  });
});
