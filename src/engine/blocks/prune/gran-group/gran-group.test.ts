import { beforeAll, describe, expect, it } from "vitest";
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import { decodedOf, runTiny, startTiny, tinyDocument, tinyPlatform } from "../../../run/tiny.testing";
import { networkBuilder } from "../../../zoo/builder";
import { columnNorms } from "../../shared/pruning/shape-columns";
import { pruneColumns } from "./gran-group";

/** A 3x3 convolution of 2 channels to 4 filters; column `(place, channel)` holds its number `place * 2 + channel + 1`. */
function columns(): Snapshot {
  const b = networkBuilder("columns", [4, 4, 2]);
  const x = b.conv2d(b.input, { filters: 4, kernelSize: 3, useBias: false }, "conv");
  const network = b.build(b.dense(b.globalAvgPool(x), { units: 2, useBias: false }, "logits"));
  return plainSnapshot(
    network,
    new Map([
      ["conv/kernel", Float32Array.from({ length: 72 }, (_, i) => Math.floor(i / 4) + 1)],
      ["logits/kernel", new Float32Array(8).fill(1)],
    ]),
  );
}

/** Of each column, how many of its four weights are left. */
const left = ({ states }: Snapshot): number[] => {
  const mask = states.get("conv/kernel")!.mask!;
  return Array.from({ length: 18 }, (_, c) => mask.subarray(4 * c, 4 * c + 4).reduce((sum, m) => sum + m, 0));
};

describe("the same positions for all filters", () => {
  it("3x3, 2 inputs, 4 outputs: with 5 of 9 places of each channel a matrix of 10x4, 40 weights of 72", () => {
    // floor(4/9 * 9 + 0.5) = 4 places of each channel go.
    const pruned = pruneColumns(columns(), { sparsity: 4 / 9, scope: "channel" });
    expect(left(pruned)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]);
    expect(pruned.values.get("conv/kernel")!.filter((w) => w !== 0)).toHaveLength(40);
    expect(pruned.states.has("logits/kernel")).toBe(false);
  });

  it("L2 norm of (3, 4) is 5", () => {
    expect([...columnNorms(Float32Array.of(3, 4, 0, 1), 2)]).toEqual([5, 1]);
  });

  it("in the layer: half of 18 columns; one stays at any share", () => {
    expect(left(pruneColumns(columns(), { sparsity: 0.5, scope: "local" })).filter((n) => n === 4)).toHaveLength(9);
    expect(left(pruneColumns(columns(), { sparsity: 0.95, scope: "channel" })).filter((n) => n === 4)).toHaveLength(2);
    expect(left(pruneColumns(columns(), { sparsity: 1, scope: "global" })).filter((n) => n === 4)).toHaveLength(1);
  });

  it("a layer's own share wins", () => {
    const layers = new Map([["conv", { sparsity: 1 / 9 }]]);
    for (const scope of ["channel", "local", "global"] as const) {
      expect(left(pruneColumns(columns(), { sparsity: 0.9, scope, layers })).filter((n) => n === 0)).toHaveLength(2);
    }
  });

  it("masks only grow, and count", () => {
    const first = pruneColumns(columns(), { sparsity: 4 / 9, scope: "channel" });
    const values = new Map(first.values).set(
      "conv/kernel",
      Float32Array.from({ length: 72 }, (_, i) => 72 - i),
    );
    const second = pruneColumns({ ...first, values }, { sparsity: 5 / 9, scope: "channel" });
    expect(left(second)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0]);
  });

  it("a network without such a convolution is refused", () => {
    const b = networkBuilder("flat", [4]);
    const network = b.build(b.dense(b.input, { units: 2, useBias: false }, "fc"));
    const snapshot = plainSnapshot(network, new Map([["fc/kernel", new Float32Array(8)]]));
    expect(() => pruneColumns(snapshot, { sparsity: 0.5, scope: "local" })).toThrow(/window larger than 1x1, got none/);
  });
});

describe("on the tiny network", () => {
  beforeAll(startTiny);

  it("a span leaves 5 of 9 places of each channel in the file, the same for all filters, and recovers", async () => {
    const params = { sparsity: 4 / 9, schedule: "iterative", rounds: 3 };
    const document = tinyDocument([{ block: "prune.gran-group", steps: 40, params }]);
    const run = await runTiny(document, { platform: await tinyPlatform() });
    const after = decodedOf(run);
    for (const [name, inputs, outputs] of [
      ["conv1/kernel", 1, 6],
      ["conv2/kernel", 6, 8],
    ] as const) {
      const mask = after.states.get(name)!.mask!;
      const kept = Array.from({ length: 9 * inputs }, (_, c) =>
        mask.subarray(c * outputs, (c + 1) * outputs).reduce((sum, m) => sum + m, 0),
      );
      expect(kept.filter((n) => n === outputs)).toHaveLength(5 * inputs);
      expect(kept.filter((n) => n === 0)).toHaveLength(4 * inputs);
    }
    expect(run.result.final.accuracy).toBeGreaterThan(run.result.original.accuracy - 0.1);
  });
});
