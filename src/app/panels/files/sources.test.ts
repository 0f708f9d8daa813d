import { describe, expect, it } from "vitest";
import type { DatasetInfo, ZooEntry } from "../../../worker/protocol";
import { defaultDocument } from "../../edits/default-document";
import {
  chooseData,
  chooseNetwork,
  dataOf,
  type Facts,
  type Library,
  mismatchOf,
  missingFiles,
  networkOf,
  storedName,
} from "./sources";

const data = (id: string, title: string): DatasetInfo => ({
  ...{
    id,
    title,
    task: "classification" as const,
    shape: [28, 28, 1],
    classes: ["a", "b"],
    counts: { train: 50, validation: 5, test: 20 },
  },
  ...{ mean: 0, std: 1, licence: "", origin: "" },
});
const entry: ZooEntry = {
  ...{ id: "net-mnist", build: "net", dataset: "mnist", file: "", fileBytes: 1, sha256: "", parameters: 9, macs: 1 },
  ...{ testAccuracy: 0.9, testImages: 20, licence: "" },
  training: { seed: 1, epochs: 1, batchSize: 1, learningRate: 1 },
};
const library: Library = { zoo: [entry], datasets: [data("mnist", "MNIST"), data("fashion", "Fashion")], stored: [] };
const facts: Facts = {
  "file:n-0123456789ab/n.csnet": { kind: "network", name: "n.csnet", parameters: 5, inputShape: [8, 8, 1], outputs: 3 },
  "file:d-0123456789ab": { kind: "dataset", name: "d", shape: [64], classes: 3, train: 10, test: 4 },
};

describe("what is known of a network", () => {
  it.each([
    ["a trained one", "zoo:net-mnist", { name: "net", parameters: 9, shape: { inputShape: [28, 28, 1], outputs: 2 } }],
    ["one that is built", "build:cnn-m/2", { name: "cnn-m/2", parameters: null, trained: false, shape: null }],
    ["a stored one", "file:n-0123456789ab/n.csnet", { name: "n.csnet", parameters: 5, shape: { outputs: 3 } }],
    ["a stored one of before", "file:old-0123456789ab/model.json", { name: "old", parameters: null, shape: null }],
    ["one that is not there", "zoo:gone", { name: "gone", parameters: null, shape: null }],
  ])("%s", (_, source, expected) => expect(networkOf(source, library, facts)).toMatchObject(expected));
});

describe("what is known of data", () => {
  it.each([
    ["shipped", "mnist", { name: "MNIST", counts: { train: 50, test: 20 }, shape: { shape: [28, 28, 1], classes: 2 } }],
    ["stored", "file:d-0123456789ab", { name: "d", counts: { train: 10 }, shape: { classes: 3 } }],
    ["unknown", "cifar", { name: "cifar", counts: null, shape: null }],
  ])("%s", (_, id, expected) => expect(dataOf(id, library, facts)).toMatchObject(expected));

  it("is called as its folder, without the digest", () => {
    expect(storedName("file:my-digits-0123456789ab/digits.npz")).toBe("my-digits");
  });
});

describe("a mismatch", () => {
  const network = { inputShape: [28, 28, 1], outputs: 10 };
  it.each([
    ["none where they fit", { shape: [28, 28, 1], classes: 10 }, null],
    ["none where rows hold as many values: 784 = 28 x 28", { shape: [784], classes: 10 }, null],
    ["of images", { shape: [32, 32, 3], classes: 10 }, ["mismatchImages", "28 × 28 × 1", "32 × 32 × 3"]],
    ["of classes", { shape: [28, 28, 1], classes: 7 }, ["mismatchClasses", "10", "7"]],
  ])("is %s", (_, dataShape, expected) => {
    const found = mismatchOf(network, dataShape);
    expect(found && [found.what, found.network, found.data]).toEqual(expected);
  });
  it("is not claimed where one of them is unknown", () => {
    expect(mismatchOf(null, { shape: [1], classes: 1 })).toBeNull();
    expect(mismatchOf(network, null)).toBeNull();
  });
});

describe("missing files", () => {
  const document = {
    ...defaultDocument,
    model: { source: "file:n-1/model.json" },
    dataset: { ...defaultDocument.dataset, id: "file:d-1" },
  };
  it("are those that are named and not stored", () => {
    expect(missingFiles(document, [{ source: "file:d-1" }])).toEqual([
      { kind: "network", source: "file:n-1/model.json" },
    ]);
    expect(missingFiles(defaultDocument, [])).toEqual([]);
  });
});

describe("edits", () => {
  it("draw all images where the new data holds fewer than the document asks for", () => {
    // 1,000 training images are asked for, and 50 are there.
    const { dataset } = chooseData("mnist", { train: 50, test: 60_000 })(defaultDocument);
    expect(dataset.train).toBeUndefined();
    expect(dataset).toMatchObject({ id: "mnist", test: defaultDocument.dataset.test });
  });
  it("change the data with a network that was trained on other data, as one edit", () => {
    const edited = chooseNetwork("zoo:net-mnist", { id: "mnist", counts: { train: 60_000, test: 10_000 } })(
      defaultDocument,
    );
    expect(edited.model.source).toBe("zoo:net-mnist");
    expect(edited.dataset).toMatchObject({ id: "mnist", train: 1000 });
  });
  it("leave the data where it is the same, or not known", () => {
    expect(chooseNetwork("build:cnn-m")(defaultDocument).dataset).toBe(defaultDocument.dataset);
  });
});
