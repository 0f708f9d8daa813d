import { describe, expect, it } from "vitest";
import { roundsOf } from "./rounds";

const request = { network: "lenet5c", batch: 64, work: "train", seconds: 1 } as const;

describe("rounds", () => {
  it("asks in turns and keeps each round's figure", async () => {
    const asked: string[] = [];
    const contender = (name: string) => ({
      measure: () => Promise.resolve({ imagesPerSecond: asked.push(name), parameters: 7 }),
    });
    const rates = await roundsOf(
      new Map([
        ["ours", contender("ours")],
        ["theirs", contender("theirs")],
      ]),
      request,
      3,
    );
    expect(asked).toEqual(["ours", "theirs", "ours", "theirs", "ours", "theirs"]);
    expect([...rates]).toEqual([
      ["ours", [1, 3, 5]],
      ["theirs", [2, 4, 6]],
    ]);
  });

  it("refuses to compare two networks", async () => {
    const contender = (parameters: number) => ({ measure: () => Promise.resolve({ imagesPerSecond: 1, parameters }) });
    await expect(
      roundsOf(
        new Map([
          ["ours", contender(7)],
          ["theirs", contender(8)],
        ]),
        request,
        1,
      ),
    ).rejects.toThrow("got ours 7, theirs 8");
  });
});
