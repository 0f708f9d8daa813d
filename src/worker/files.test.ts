/** A person's own files: from the page to the store, into a run, and out again; on the real backend. */
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeArtefact } from "#engine/codecs/artefact";
import { openModelFile } from "#engine/formats/model-file";
import { startTiny } from "#engine/run/tiny.testing";
import { memoryFiles } from "#platform/memory";
import { createNodePlatform } from "#platform/node";
import { loopbackEngine } from "./loopback";
import type { EngineClient, NamedFile, ResultOf, TimelineDocument } from "./protocol";
import { droppedFiles, type TinyStudio, tinyStudio } from "./tiny-studio.testing";

let studio: TinyStudio;
let engine: EngineClient;
let tensors: number;
let net: readonly NamedFile[];
let data: readonly NamedFile[];
/** Half of the filters cut, scored on 60 of the 100 test images. */
let document: TimelineDocument;
let result: ResultOf<"run">;

beforeAll(async () => {
  await startTiny();
  studio = await tinyStudio();
  [net, data] = await Promise.all([droppedFiles("net"), droppedFiles("data")]);
  const { dataset } = studio.document([]);
  document = studio.document([{ block: "prune.filter-l1", params: { sparsity: 0.5 } }], {
    dataset: { ...dataset, test: 60 },
  });
  tensors = tf.memory().numTensors;
  engine = loopbackEngine(studio.deps);
  result = await engine.call("run", { runId: "a", document });
});
afterAll(() => {
  engine.close();
  expect(tf.memory().numTensors).toBe(tensors);
});

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable("a refusal was expected"),
    (error: unknown) => error,
  );
const artefact = (name = "pruned.csnet"): NamedFile => ({ name, bytes: result.artefact.bytes });

describe("inspect", () => {
  it("tells what is in an artefact", async () => {
    const report = await engine.call("inspect", { file: artefact().bytes });
    const { sizeBytes, fileBytes, parameters, nonZero, macs } = result.final;
    expect(report).toMatchObject({ sizeBytes, fileBytes, tensors: result.tensors, document });
    expect(report.network).toMatchObject({
      name: "tiny",
      inputShape: [12, 12, 1],
      outputs: 4,
      parameters,
      nonZero,
      macs,
    });
    // 3 of 6 filters of 3 x 3 over one channel, batch normalization folded: 27 weights, 3 biases.
    const conv = report.network.layers.find(({ id }) => id === "conv1")!;
    expect(conv).toMatchObject({ op: "conv2d", inputs: ["input"], parameters: 30 });
    expect(conv.macs).toBe(conv.outputShape[0]! * conv.outputShape[1]! * 27);
    // The page keeps what it sent.
    expect(artefact().bytes.length).toBe(fileBytes);
  });

  it("refuses what is none", async () => {
    expect(await refusal(engine.call("inspect", { file: net[0]!.bytes }))).toMatchObject({ code: "invalid-file" });
    const cut = artefact().bytes.slice(0, -1);
    expect(await refusal(engine.call("inspect", { file: cut }))).toMatchObject({ code: "truncated-file" });
  });
});

describe("evaluate", () => {
  it("gives exactly the run's figures, on the test images of the document inside", async () => {
    const evaluation = await engine.call("evaluate", { bytes: artefact().bytes });
    const { accuracy, top5, loss, testImages } = result.final;
    expect(evaluation).toEqual({
      ...{ dataset: document.dataset.id, split: "test", images: testImages, confusion: result.confusion },
      ...{ accuracy, top5, loss },
    });
    expect(testImages).toBe(60);
  });

  it("takes other images when it is told to", async () => {
    const { bytes } = artefact();
    const all = await engine.call("evaluate", { bytes, count: "all" });
    const few = await engine.call("evaluate", { bytes, split: "validation", count: 10 });
    expect([all.images, few.images, few.split]).toEqual([100, 10, "validation"]);
  });

  it("says what does not fit", async () => {
    const { bytes } = artefact();
    expect(await refusal(engine.call("evaluate", { bytes, count: 101 }))).toMatchObject({ code: "invalid-params" });
    expect(await refusal(engine.call("evaluate", { bytes, dataset: "none" }))).toMatchObject({
      code: "unknown-dataset",
    });
  });
});

describe("exportModel", () => {
  it("writes a LayersModel of the same values", async () => {
    const files = await engine.call("exportModel", { bytes: artefact().bytes, format: "layers-model" });
    expect(files.map(({ name }) => name)).toEqual(["model.json", "weights.bin"]);
    const model = await openModelFile(
      "model.json",
      memoryFiles(new Map(files.map(({ name, bytes }) => [name, bytes]))),
    );
    const { snapshot } = decodeArtefact(artefact().bytes);
    expect(model.snapshot.values.get("conv1/kernel")).toEqual(snapshot.values.get("conv1/kernel"));
  });

  it("knows no other format", async () => {
    const call = engine.call("exportModel", { bytes: artefact().bytes, format: "onnx" as never });
    expect(await refusal(call)).toMatchObject({
      code: "unknown-format",
      details: { format: "onnx", known: ["layers-model"] },
    });
  });
});

describe("openModel", () => {
  it("stores a model.json with its weights, dropped as a folder or file by file", async () => {
    const folder = await engine.call("openModel", { files: net });
    expect(folder.source).toMatch(/^file:net-[0-9a-f]{12}\/model\.json$/);
    expect(folder).toMatchObject({
      kind: "layers-model",
      document: null,
      network: { inputShape: [12, 12, 1], outputs: 4, parameters: 792 },
    });
    const loose = net.map(({ name, bytes }) => ({ name: name.replace("net/", ""), bytes }));
    const { source } = await engine.call("openModel", { files: loose });
    expect(source).toMatch(/^file:files-[0-9a-f]{12}\/model\.json$/);
    const { final } = await engine.call("run", { runId: "b", document: { ...document, model: { source }, clips: [] } });
    expect(final.parameters).toBe(792);
  });

  it("stores an artefact, with the document inside it", async () => {
    const stored = await engine.call("openModel", { files: [artefact("my models/pruned.v1.csnet")] });
    expect(stored.source).toMatch(/^file:my-models-[0-9a-f]{12}\/pruned\.v1\.csnet$/);
    expect(stored).toMatchObject({ kind: "artefact", document });
    const again = { ...document, model: { source: stored.source }, clips: [] };
    const { original } = await engine.call("run", { runId: "c", document: again });
    expect(original.accuracy).toBe(result.final.accuracy);
  });

  it.each([
    ["no files", () => [], { code: "invalid-file" }],
    ["a name that climbs", () => [artefact("../../etc/passwd")], { code: "invalid-file" }],
    ["a picture", () => [{ name: "cat.png", bytes: Uint8Array.of(137, 80, 78, 71) }], { code: "unknown-format" }],
    ["two files that are no model", () => data.slice(0, 2), { code: "unknown-format" }],
    ["a model.json alone", () => net.slice(0, 1), { code: "asset-missing", details: { ref: "weights.bin" } }],
  ])("refuses %s, and stores nothing", async (_, files, error) => {
    const before = await engine.call("stored");
    expect(await refusal(engine.call("openModel", { files: files() }))).toMatchObject(error);
    expect(await engine.call("stored")).toEqual(before);
  });
});

describe("openDataset", () => {
  it("stores the four IDX files", async () => {
    const { source, info } = await engine.call("openDataset", { files: data });
    expect(source).toMatch(/^file:data-[0-9a-f]{12}$/);
    expect(source).toBe(document.dataset.id);
    expect(info).toMatchObject({
      id: source,
      shape: [12, 12, 1],
      classes: ["0", "1", "2", "3"],
      counts: { train: 297, test: 100 },
    });
  });

  it("says which file is missing", async () => {
    expect(await refusal(engine.call("openDataset", { files: data.slice(1) }))).toMatchObject({ code: "invalid-file" });
  });
});

it("lists what is stored, and forgets it", async () => {
  const { source } = await engine.call("openModel", { files: [artefact("mine.csnet")] });
  const mine = { source, kind: "model", names: ["mine.csnet"], bytes: artefact().bytes.length };
  expect(await engine.call("stored")).toContainEqual(mine);
  expect(await engine.call("forget", { source })).toEqual({ found: true });
  expect(await engine.call("stored")).not.toContainEqual(mine);
  expect(await engine.call("forget", { source })).toEqual({ found: false });
});

it("lists the networks and data sets that ship", async () => {
  const entry = {
    ...{
      id: "tiny-data",
      build: "tiny",
      dataset: "data",
      file: "tiny.csnet",
      fileBytes: 3968,
      sha256: "0",
      parameters: 792,
    },
    ...{ macs: 23_616, testAccuracy: 0.9, testImages: 100, licence: "MIT" },
    training: { seed: 1, epochs: 10, batchSize: 32, learningRate: 0.01 },
  };
  const { assets } = createNodePlatform();
  const zoo = new TextEncoder().encode(JSON.stringify({ version: 1, networks: [entry] }));
  const read: typeof assets.read = (path) => (path === "zoo/manifest.json" ? Promise.resolve(zoo) : assets.read(path));
  const shipped = loopbackEngine({ ...studio.deps, platform: { ...studio.deps.platform, assets: { read } } });
  expect((await shipped.call("datasets")).map(({ id }) => id)).toEqual(["mnist", "fashion-mnist", "digit-seg"]);
  expect(await shipped.call("zoo")).toEqual([entry]);
  shipped.close();
});
