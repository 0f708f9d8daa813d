import { describe, expect, it } from "vitest";
import { turns } from "./in-turn";

/** Idle times that the test gives out. */
function idleTimes() {
  const asked: (() => void)[] = [];
  return { asked, idle: (work: () => void) => void asked.push(work), pass: () => asked.shift()?.() };
}

describe("turns", () => {
  it("gives each idle time to one piece, in order", () => {
    const { asked, idle, pass } = idleTimes();
    const inTurn = turns(idle);
    const done: string[] = [];
    for (const name of ["a", "b", "c"]) inTurn(() => done.push(name));
    expect(done).toEqual([]);
    expect(asked).toHaveLength(1);
    pass();
    expect(done).toEqual(["a"]);
    pass();
    pass();
    expect(done).toEqual(["a", "b", "c"]);
    expect(asked).toHaveLength(0);
  });

  it("does not do what was given up, and goes on", () => {
    const { idle, pass } = idleTimes();
    const inTurn = turns(idle);
    const done: string[] = [];
    const giveUp = ["a", "b", "c"].map((name) => inTurn(() => done.push(name)));
    giveUp[0]!();
    giveUp[1]!();
    pass();
    pass();
    pass();
    expect(done).toEqual(["c"]);
    giveUp[2]!();
    inTurn(() => done.push("d"));
    pass();
    expect(done).toEqual(["c", "d"]);
  });
});
