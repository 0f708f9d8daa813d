import { afterEach, describe, expect, it, vi } from "vitest";
import { allReady, type StartingThread } from "./start-threads";

describe("allReady", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const ended: string[] = [];
  const thread = (name: string, ready: Promise<void>): StartingThread => ({ ready, end: () => void ended.push(name) });
  const never = new Promise<void>(() => undefined);

  afterEach(() => ended.splice(0));

  it("gives threads that all answer, and ends them all", async () => {
    const threads = await allReady([thread("a", Promise.resolve()), thread("b", Promise.resolve())]);
    expect(ended).toEqual([]);
    threads.end();
    expect(ended).toEqual(["a", "b"]);
  });

  it("ends all where one fails", async () => {
    const failing = Promise.reject(new Error("out of memory"));
    await expect(allReady([thread("a", Promise.resolve()), thread("b", failing)])).rejects.toThrow("out of memory");
    expect(ended).toEqual(["a", "b"]);
  });

  it("ends all where one has not answered in two seconds", async () => {
    vi.useFakeTimers();
    const starting = expect(allReady([thread("a", Promise.resolve()), thread("b", never)])).rejects.toThrow(
      "2 threads were expected to start, got no answer in 2000 ms",
    );
    await vi.advanceTimersByTimeAsync(2000);
    await starting;
    expect(ended).toEqual(["a", "b"]);
  });
});
