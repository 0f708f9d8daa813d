import { describe, expect, it } from "vitest";
import { defaultDocument } from "../../edits/default-document";
import { type LookedAt, namesIn, recognise } from "./recognise";

const csnet = [0x89, 0x43, 0x53, 0x41, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1];
const zip = [0x50, 0x4b, 0x03, 0x04];
const idxImages = [0, 0, 8, 3];
const gzip = [0x1f, 0x8b, 8, 0];
const brace = [0x7b];

const file = (path: string, head: readonly number[], json?: unknown): LookedAt => ({
  path,
  head: Uint8Array.from(head),
  ...(json === undefined ? {} : { json }),
});
const model = (path: string, ...weights: string[]) =>
  file(path, brace, { modelTopology: {}, weightsManifest: [{ paths: weights, weights: [] }] });
const shown = (files: readonly LookedAt[]) => recognise(files).map(({ kind, name, paths }) => [kind, name, paths]);

describe("recognise", () => {
  it.each([
    ["an artefact by its bytes, whatever its name", [file("a.txt", csnet)], [["artefact", "a.txt", ["a.txt"]]]],
    ["a timeline by what it holds", [file("t.json", brace, defaultDocument)], [["timeline", "t.json", ["t.json"]]]],
    ["an NPZ", [file("d.npz", zip)], [["dataset", "d.npz", ["d.npz"]]]],
    ["another ZIP, to be looked into", [file("m.zip", zip)], [["archive", "m.zip", ["m.zip"]]]],
    ["noise", [file("x.png", [1, 2])], [["unknown", "x.png", ["x.png"]]]],
    ["JSON that is nothing of ours", [file("x.json", brace, { a: 1 })], [["unknown", "x.json", ["x.json"]]]],
    ["an empty file", [file("x", [])], [["unknown", "x", ["x"]]]],
  ])("finds %s", (_, files, expected) => expect(shown(files)).toEqual(expected));

  it("finds the document that an exported run carries", () => {
    const [group] = recognise([file("run.json", brace, { document: defaultDocument, points: [] })]);
    expect(group).toMatchObject({ kind: "timeline", document: defaultDocument });
  });

  it("takes a model.json with the weights that it names, and no others", () => {
    const files = [file("w.bin", [1]), model("model.json", "w.bin", "gone.bin"), file("other.bin", [2])];
    expect(shown(files)).toEqual([
      ["network", "model.json", ["model.json", "w.bin"]],
      ["unknown", "other.bin", ["other.bin"]],
    ]);
  });

  it("keeps networks of two folders apart, though their weights are called the same", () => {
    const files = [
      model("a/model.json", "w.bin"),
      file("a/w.bin", [1]),
      model("b/model.json", "w.bin"),
      file("b/w.bin", [1]),
    ];
    expect(shown(files)).toEqual([
      ["network", "a", ["a/model.json", "a/w.bin"]],
      ["network", "b", ["b/model.json", "b/w.bin"]],
    ]);
  });

  it("takes the IDX files of a folder as one data set, packed ones by their names", () => {
    const files = [
      file("digits/train-images-idx3-ubyte", idxImages),
      file("digits/train-labels-idx1-ubyte.gz", gzip),
      file("digits/README.md", [0x23]),
      file("digits/.DS_Store", [0, 0, 0, 1]),
    ];
    expect(shown(files)).toEqual([
      ["dataset", "digits", ["digits/train-images-idx3-ubyte", "digits/train-labels-idx1-ubyte.gz"]],
    ]);
  });

  it("splits a mix, and says what was left over last", () => {
    const files = [file("x.png", [1]), file("t.json", brace, defaultDocument), file("a.csnet", csnet)];
    expect(shown(files).map(([kind]) => kind)).toEqual(["timeline", "artefact", "unknown"]);
  });
});

describe("names for the engine", () => {
  it("begin with the folder that holds the group", () => {
    const [group] = recognise([model("all/nets/a/model.json", "w.bin"), file("all/nets/a/w.bin", [1])]);
    expect([...namesIn(group!).values()]).toEqual(["a/model.json", "a/w.bin"]);
  });
  it("are as they are where there is no folder", () => {
    const [group] = recognise([model("model.json", "w.bin"), file("w.bin", [1])]);
    expect([...namesIn(group!).values()]).toEqual(["model.json", "w.bin"]);
  });
});
