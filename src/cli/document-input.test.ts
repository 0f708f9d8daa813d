import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDocument, setPath } from "./document-input";

const raw = () => ({
  version: 1,
  dataset: { id: "mnist", train: 100 },
  model: { source: "zoo:lenet5c-mnist" },
  clips: [
    { id: "p1", block: "prune.magnitude", start: 0, steps: 0, params: { sparsity: 0.5 } },
    { id: "d1", block: "distill.kd-logits", start: 0, steps: 5, teacher: "original" },
  ] as Record<string, unknown>[],
});

const after = (assignment: string): unknown => {
  const document = raw();
  setPath(document, assignment);
  return document;
};

describe("setPath", () => {
  it.each([
    ["seed=7", { seed: 7 }],
    ["dataset.train=500", { dataset: { id: "mnist", train: 500 } }],
    ["name=a name", { name: "a name" }],
    ['name="7"', { name: "7" }],
    ["name=a=b", { name: "a=b" }],
    ["name=", { name: "" }],
    ["model.source=file:nets/x.y/model.json", { model: { source: "file:nets/x.y/model.json" } }],
    ["training.learningRate=1e-4", { training: { learningRate: 0.0001 } }],
  ])("%s", (assignment, changed) => {
    expect(after(assignment)).toEqual({ ...raw(), ...changed });
  });

  it("addresses clips by id", () => {
    expect(after("clips.p1.params.sparsity=0.9")).toMatchObject({ clips: [{ params: { sparsity: 0.9 } }, {}] });
    expect(after("clips.d1.teacher=after:p1")).toMatchObject({ clips: [{}, { teacher: "after:p1" }] });
  });

  it("makes the params that a clip does not have yet", () => {
    expect(after("clips.d1.params.temperature=2")).toMatchObject({ clips: [{}, { params: { temperature: 2 } }] });
  });

  it.each([
    ["seed", "--set expected path=value, got 'seed'"],
    ["=7", "--set expected path=value, got '=7'"],
    ["clips.x.steps=3", "no 'clips.x'"],
    ["clips.0.steps=3", "no 'clips.0'"],
    ["clips.p1.nothing.here=1", "no 'clips.p1.nothing'"],
    ["nothing.here=1", "no 'nothing'"],
    ["dataset.id.deeper=1", "no 'dataset.id'"],
    ["clips.p1=1", "--set expected a path to a value"],
    ["__proto__.polluted=1", "no '__proto__'"],
    ["dataset.__proto__.polluted=1", "no 'dataset.__proto__'"],
    ["constructor.prototype.polluted=1", "no 'constructor'"],
    ["dataset.__proto__=1", "--set expected a path to a value"],
  ])("%s leads nowhere", (assignment, message) => {
    const document = raw();
    expect(() => setPath(document, assignment)).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringContaining(message) as string }) as Error,
    );
    expect(document).toEqual(raw());
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("readDocument", () => {
  let folder = "";
  let file = "";
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "studio-"));
    file = path.join(folder, "document.json");
    await writeFile(file, JSON.stringify(raw()));
    await writeFile(path.join(folder, "broken.json"), "{");
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("parses a file, with changes in order and the seed last", async () => {
    const document = await readDocument(file, { set: ["seed=1", "dataset.train=5", "dataset.train=6"], seed: 9 });
    expect(document).toMatchObject({ seed: 9, dataset: { train: 6 }, evaluateEvery: 100 });
  });

  it.each([
    ["a file that is not there", "nowhere.json", {}, "asset-missing"],
    ["text that is no JSON", "broken.json", {}, "invalid-document"],
    ["a change that the document does not allow", "document.json", { set: ["seed=-1"] }, "invalid-document"],
    ["a change of a field that is none", "document.json", { set: ["colour=red"] }, "invalid-document"],
  ])("refuses %s", async (_, name, changes, code) => {
    await expect(readDocument(path.join(folder, name), changes)).rejects.toMatchObject({ code });
  });

  it("refuses a recipe that is none", async () => {
    await expect(readDocument("recipe:t9-99")).rejects.toMatchObject({ code: "unknown-recipe" });
  });
});
