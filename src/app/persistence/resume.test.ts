import { describe, expect, it } from "vitest";
import { attempted, type Attempts, noAttempts, progressed, resumeDecision } from "./resume";

/** A page that comes, resumes the run, sees it reach a step, and goes away. */
function load(record: Attempts, reaches: number): Attempts {
  return progressed(attempted(record), reaches, 200);
}

describe("an interrupted run", () => {
  it("goes on by itself after a reload", () => {
    expect(resumeDecision(noAttempts)).toBe("resume");
  });

  it("asks after two reloads that got it no further", () => {
    const first = progressed(noAttempts, 100, 200);
    const second = load(first, 100);
    expect(resumeDecision(second)).toBe("resume");
    const third = load(second, 100);
    expect(resumeDecision(third)).toBe("ask");
  });

  it("goes on as often as it gets further", () => {
    let record = progressed(noAttempts, 20, 200);
    for (const step of [40, 60, 80, 100]) {
      record = load(record, step);
      expect(resumeDecision(record)).toBe("resume");
    }
  });

  it("takes less than a twentieth of the steps for the same place", () => {
    // 200 steps: 10 are a twentieth.
    const record = { attempts: 1, reached: 100 };
    expect(progressed(record, 109, 200)).toBe(record);
    expect(progressed(record, 110, 200)).toEqual({ attempts: 0, reached: 110 });
  });

  it("asks also for one that never reaches a step", () => {
    expect(resumeDecision(attempted(attempted(noAttempts)))).toBe("ask");
  });
});
