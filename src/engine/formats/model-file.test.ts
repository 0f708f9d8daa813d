import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { memoryFiles } from "#platform/memory";
import { encodeArtefact } from "../codecs/artefact";
import { plainSnapshot } from "../core/snapshot";
import { builders } from "../zoo/builders";
import { initializeValues } from "../zoo/initialize";
import { writeLayersModel } from "./layers-model/write";
import { openModelFile } from "./model-file";

const network = builders["cnn-m/4"]();
const snapshot = plainSnapshot(network, initializeValues(network, 1));
const { modelJson, weights } = writeLayersModel(snapshot, { userMetadata: { seed: 7 } });
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const json = text(JSON.stringify(modelJson));
const open = (ref: string, files: Record<string, Uint8Array>) =>
  openModelFile(ref, memoryFiles(new Map(Object.entries(files))));

describe("openModelFile", () => {
  it("reads an artefact, whatever it is called, with the document inside", async () => {
    const { bytes } = encodeArtefact(snapshot, { document: { seed: 7 } });
    const opened = await open("a/model.json", { "a/model.json": bytes });
    expect(opened).toMatchObject({ kind: "artefact", artefact: { document: { seed: 7 } } });
    expect(opened.snapshot.values).toEqual(snapshot.values);
  });

  it.each(["d/net.json", "d"])("reads a model.json and the weights beside it, from '%s'", async (ref) => {
    const name = ref === "d" ? "d/model.json" : ref;
    const opened = await open(ref, { [name]: json, "d/weights.bin": weights });
    expect(opened).toMatchObject({ kind: "layers-model", userMetadata: { seed: 7 } });
    expect(opened.snapshot.values).toEqual(snapshot.values);
    expect(opened.snapshot.network).toEqual(network);
  });

  it("says which shard is missing", async () => {
    await expect(open("d/m.json", { "d/m.json": json })).rejects.toMatchObject({
      code: "asset-missing",
      message: expect.stringContaining("'d/weights.bin'") as string,
    });
  });

  it.each([
    ["an empty file", new Uint8Array()],
    ["JSON without modelTopology", text("[1, 2]")],
    ["HDF5 (a Keras .h5); convert it with", Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10)],
    ["a ZIP file (perhaps .keras)", zipSync({ "config.json": text("{}") })],
    ["TFLite", text("\x1c\0\0\0TFL3")],
    ["bytes 01 02 03", Uint8Array.of(1, 2, 3)],
  ])("refuses %s", async (what, bytes) => {
    await expect(open("f", { f: bytes })).rejects.toMatchObject({
      code: "unknown-format",
      message: expect.stringContaining(
        `'f': expected an artefact of the studio or a tfjs model.json, got ${what}`,
      ) as string,
    });
  });

  it("says that a folder has no model.json", async () => {
    await expect(open("d", { "d/x.bin": weights })).rejects.toThrow(
      "'d': expected a model.json in the folder, got x.bin",
    );
  });
});
