import { expect, it } from "vitest";
import { RunQueue } from "./run-queue";

/** Work that ends when it is told to. */
function gate() {
  let open!: (value: string) => void;
  const work = new Promise<string>((resolve) => (open = resolve));
  return { work: () => work, open };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

it("does one at a time, in order", async () => {
  const queue = new RunQueue();
  const [a, b] = [gate(), gate()];
  const done: string[] = [];
  const ahead: number[] = [];
  const runs = [
    queue.add("a", a.work).then((value) => done.push(value)),
    queue.add("b", b.work, (n) => ahead.push(n)).then((value) => done.push(value)),
    queue
      .add(
        "c",
        () => Promise.resolve("c"),
        (n) => ahead.push(n),
      )
      .then((value) => done.push(value)),
  ];
  expect(["a", "b", "c", "d"].map((id) => queue.phaseOf(id))).toEqual(["running", "waiting", "waiting", "over"]);
  expect(ahead).toEqual([1, 2]);
  b.open("b");
  await settle();
  expect(done).toEqual([]);
  a.open("a");
  await Promise.all(runs);
  expect(done).toEqual(["a", "b", "c"]);
  expect(queue.length).toBe(0);
});

it("goes on after one that failed", async () => {
  const queue = new RunQueue();
  const failed = expect(queue.add("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(queue.add("b", () => Promise.resolve(1))).resolves.toBe(1);
  await failed;
});

it("ends one that waits at once, without ever doing it", async () => {
  const queue = new RunQueue();
  const a = gate();
  const first = queue.add("a", a.work);
  let did = false;
  const second = expect(queue.add("b", () => Promise.resolve((did = true)))).rejects.toMatchObject({
    code: "cancelled",
  });
  const third = queue.add("c", () => Promise.resolve("c"));
  queue.cancel("b");
  await second;
  expect(queue.phaseOf("c")).toBe("waiting");
  a.open("a");
  await expect(Promise.all([first, third])).resolves.toEqual(["a", "c"]);
  expect(did).toBe(false);
});

it("tells one that computes by its control and its signal", async () => {
  const queue = new RunQueue();
  const run = queue.add("a", async ({ control, signal }) => {
    expect(signal.aborted).toBe(false);
    await settle();
    expect(signal.aborted).toBe(true);
    control.check();
  });
  queue.cancel("a");
  await expect(run).rejects.toMatchObject({ code: "cancelled" });
});

it("stops all of them, and begins none", async () => {
  const queue = new RunQueue();
  let began = 0;
  const work = async ({ control }: { control: { check(): void } }) => {
    began++;
    await settle();
    control.check();
  };
  const runs = ["a", "b", "c"].map((id) => expect(queue.add(id, work)).rejects.toMatchObject({ code: "cancelled" }));
  queue.cancelAll();
  await Promise.all(runs);
  expect(began).toBe(1);
});

it("refuses an id that is in use, and lets it be used again", async () => {
  const queue = new RunQueue();
  const first = queue.add("a", () => Promise.resolve(1));
  await expect(queue.add("a", () => Promise.resolve(2))).rejects.toMatchObject({
    code: "invalid-params",
    details: { runId: "a" },
  });
  await first;
  await expect(queue.add("a", () => Promise.resolve(2))).resolves.toBe(2);
});
