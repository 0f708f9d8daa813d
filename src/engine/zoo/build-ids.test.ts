import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { parameterCount } from "../metrics/accounting";
import { buildIds, parseBuild } from "./build-ids";
import { builders } from "./builders";
import { zooIds } from "./zoo-ids";

it("the list of the zoo is that of its files", async () => {
  const manifest = JSON.parse(await readFile("public/zoo/manifest.json", "utf8")) as { networks: { id: string }[] };
  expect(manifest.networks.map(({ id }) => id).sort()).toEqual([...zooIds].sort());
});

it("settings are read from a name", () => {
  expect(parseBuild("cnn-m")).toEqual({ id: "cnn-m", settings: {} });
  expect(parseBuild("cnn-m/2")).toEqual({ id: "cnn-m/2", settings: {} });
  expect(parseBuild("mobile-t?width=0.5")).toEqual({ id: "mobile-t", settings: { width: 0.5 } });
});

it.each([
  ["cnn-x?width=2", `expected a network that can be built (${buildIds.join(", ")}), got 'cnn-x'`],
  ["cnn-m?depth=2", "expected settings of cnn-m among width, got 'depth'"],
  ["cnn-m?toString=2", "expected settings of cnn-m among width, got 'toString'"],
  ["lenet5c?width=2", "expected settings of lenet5c among none, got 'width'"],
  ["cnn-m?width=9", "width of cnn-m must be in [0.125, 4], got '9'"],
  ["cnn-m?width=", "width of cnn-m must be in [0.125, 4], got ''"],
  ["cnn-m?", "expected settings of cnn-m among width, got ''"],
])("'%s' is refused", (text, problem) => expect(parseBuild(text)).toEqual({ problem }));

it("a width multiplies the channels of every convolution", () => {
  const half = builders["cnn-m"]([28, 28, 1], 10, { width: 0.5 });
  expect(parameterCount(half)).toBe(parameterCount(builders["cnn-m/2"]()));
  const double = builders["mobile-t"]([28, 28, 1], 10, { width: 2 });
  const channels = double.nodes.flatMap(({ op, params }) => (op === "conv2d" ? [params.kernel!.shape.at(-1)] : []));
  expect(channels).toEqual([32, 64, 128, 128, 256]);
});
