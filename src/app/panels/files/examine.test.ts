/** From dropped files to what is shown and used, over the loopback, with the real readers. */
import { zipSync } from "fflate";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTiny } from "#engine/run/tiny.testing";
import { memoryKeyValues } from "../../../worker/key-values";
import { createFileStore } from "../../../worker/file-store";
import { loopbackEngine } from "../../../worker/loopback";
import { droppedFiles, tinyStudio, type TinyStudio } from "../../../worker/tiny-studio.testing";
import { defaultDocument } from "../../edits/default-document";
import type { FoundFile } from "../../stores/files-store";
import { createStudio, type Studio } from "../../stores/studio";
import type { DroppedFile } from "./dropped-files";
import { closeFound, examine } from "./examine";
import { useAsData as takeAsData, useAsNetwork as takeAsNetwork } from "./use-found";

let tiny: TinyStudio;
let studio: Studio;
let artefact: Uint8Array;

const drop = (path: string, content: Uint8Array | string): DroppedFile => ({
  path,
  file: new Blob([content as BlobPart]),
});
const folder = async (name: "net" | "data") => (await droppedFiles(name)).map((file) => drop(file.name, file.bytes));
const found = () => studio.files.getState().found;
const stored = async () => (await studio.engine.call("stored")).map(({ kind }) => kind);
const only = <K extends FoundFile["kind"]>(kind: K) => {
  const [item] = found();
  expect(found().map((one) => one.kind)).toEqual([kind]);
  return item as Extract<FoundFile, { readonly kind: K }>;
};

beforeAll(async () => {
  await startTiny();
  tiny = await tinyStudio();
  const engine = loopbackEngine(tiny.deps);
  const document = tiny.document([{ block: "prune.magnitude", params: { sparsity: 0.5 } }]);
  artefact = (await engine.call("run", { runId: "r", document })).artefact.bytes;
  engine.close();
}, 60_000);
beforeEach(() => {
  const platform = { ...tiny.deps.platform, files: createFileStore(memoryKeyValues()) };
  studio = createStudio({
    engine: loopbackEngine({ ...tiny.deps, platform }),
    document: defaultDocument,
    settings: { theme: "system", language: "en", backend: "auto" },
    now: () => 0,
    newId: () => "id",
  });
});
afterEach(() => studio.engine.close());

describe("a network", () => {
  it("is shown, and used when the person says so", async () => {
    await examine(studio, await folder("net"));
    const item = only("network");
    expect(item.model.network.parameters).toBeGreaterThan(0);
    expect(studio.document.getState().document).toBe(defaultDocument);
    await takeAsNetwork(studio, item);
    await closeFound(studio);
    const { source } = studio.document.getState().document.model;
    expect(source).toBe(item.model.source);
    expect(await stored()).toEqual(["model"]);
    studio.document.getState().undo();
    expect(studio.document.getState().document).toBe(defaultDocument);
  });

  it("is forgotten when nobody uses it", async () => {
    await examine(studio, await folder("net"));
    expect(await stored()).toEqual(["model"]);
    await closeFound(studio);
    expect(await stored()).toEqual([]);
    expect(found()).toEqual([]);
  });

  it("stays when it was stored before", async () => {
    await examine(studio, await folder("net"));
    await takeAsNetwork(studio, only("network"));
    await examine(studio, await folder("net"));
    expect(only("network").wasStored).toBe(true);
    studio.document.getState().undo();
    await closeFound(studio);
    expect(await stored()).toEqual(["model"]);
  });

  it("comes out of the zip that the studio exports", async () => {
    const files = await studio.engine.call("exportModel", { bytes: artefact, format: "layers-model" });
    const zip = zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])), { level: 0 });
    await examine(studio, [drop("mine.zip", zip)]);
    expect(only("network").name).toBe("mine");
  });
});

describe("data", () => {
  it("is shown, and used when the person says so", async () => {
    await examine(studio, await folder("data"));
    const item = only("dataset");
    expect(item.dataset.info.counts.train).toBeGreaterThan(0);
    takeAsData(studio, item);
    await closeFound(studio);
    expect(studio.document.getState().document.dataset.id).toBe(item.dataset.source);
    expect(await stored()).toEqual(["dataset"]);
    expect(studio.files.getState().facts[item.dataset.source]).toMatchObject({ kind: "dataset" });
  });
});

describe("an artefact", () => {
  it("is shown with the timeline inside, and stored only when it is used", async () => {
    await examine(studio, [drop("small.csnet", artefact)]);
    const item = only("artefact");
    expect(item.report.document?.clips).toHaveLength(1);
    expect(await stored()).toEqual([]);
    await takeAsNetwork(studio, item);
    expect(await stored()).toEqual(["model"]);
    expect(studio.document.getState().document.model.source).toMatch(/^file:small-[0-9a-f]{12}\/small\.csnet$/);
  });
});

describe("what cannot be opened", () => {
  const flipped = () => artefact.map((byte, i) => (i === artefact.length >> 1 ? byte ^ 0xff : byte));
  it.each([
    ["a file that is cut short", () => [drop("a.csnet", artefact.slice(0, -5))], "truncated-file"],
    ["altered bytes", () => [drop("a.csnet", flipped())], "corrupt-file"],
    ["noise", () => [drop("a.bin", Uint8Array.of(1, 2, 3))], "unknown-format"],
    ["nothing", () => [drop("a.bin", new Uint8Array(0))], "unknown-format"],
    ["a timeline with an error", () => [drop("t.json", '{"version":1,"clips":[{}]}')], "invalid-document"],
    ["a newer timeline", () => [drop("t.json", '{"version":2,"clips":[]}')], "newer-version"],
    ["a model without its weights", () => [drop("model.json", '{"modelTopology":{},"weightsManifest":[]}')], null],
    ["a zip without a network", () => [drop("a.zip", zipSync({ "a.txt": Uint8Array.of(1) }))], "unknown-format"],
    ["a zip that is none", () => [drop("a.zip", Uint8Array.of(0x50, 0x4b, 3, 4, 9, 9))], "corrupt-file"],
    ["an NPZ that is none", () => [drop("a.npz", Uint8Array.of(0x50, 0x4b, 3, 4, 9, 9))], null],
  ])("says so beside %s, and changes nothing", async (_, files, code) => {
    await examine(studio, files());
    const { error } = only("failed");
    if (code) expect(error.code).toBe(code);
    expect(error.code).not.toBe("internal");
    expect(studio.document.getState().document).toBe(defaultDocument);
    expect(await stored()).toEqual([]);
    expect(studio.files.getState().reading).toBeNull();
  });

  it("does not keep the rest of a mix from being shown", async () => {
    await examine(studio, [
      drop("broken.csnet", artefact.slice(0, 50)),
      drop("t.json", JSON.stringify(defaultDocument)),
      drop("whole.csnet", artefact),
    ]);
    expect(found().map(({ kind, name }) => [kind, name])).toEqual([
      ["failed", "broken.csnet"],
      ["timeline", "t.json"],
      ["artefact", "whole.csnet"],
    ]);
  });

  it("refuses more than 512 MB before it reads them", async () => {
    const [head] = [new Blob([artefact as BlobPart])];
    const file = new Proxy(head!, {
      get: (blob, key) => {
        if (key === "size") return 600 * 2 ** 20;
        const value = Reflect.get(blob, key) as unknown;
        return typeof value === "function" ? (value as () => unknown).bind(blob) : value;
      },
    });
    await examine(studio, [{ path: "huge.csnet", file }]);
    expect(only("failed").error.message).toContain("got 629145600");
  });
});

describe("what is being read", () => {
  it("gives way to what is dropped next, and leaves nothing behind", async () => {
    const first = examine(studio, await folder("net"));
    await examine(studio, [drop("t.json", JSON.stringify(defaultDocument))]);
    await first;
    expect(found().map(({ kind }) => kind)).toEqual(["timeline"]);
    expect(await stored()).toEqual([]);
    expect(studio.notices.getState().notices).toEqual([]);
  });
});
