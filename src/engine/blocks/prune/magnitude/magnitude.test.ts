import { beforeAll, describe, expect, it } from "vitest";
import { weightedNodes } from "../../../core/network";
import { plainSnapshot, type Snapshot } from "../../../core/snapshot";
import {
  decodedOf,
  effectiveOf,
  runTiny,
  startTiny,
  tinyDocument,
  type TinyPlatform,
  tinyPlatform,
} from "../../../run/tiny.testing";
import { networkBuilder } from "../../../zoo/builder";
import { removalCount } from "../../shared/pruning/select";
import { pruneByMagnitude } from "./magnitude";

/** Dense layers without biases, one for each kernel `[inputs, units]`. */
function chain(...kernels: readonly (readonly number[])[]): Snapshot {
  const units = kernels.length === 1 ? [1] : kernels.map(() => 2);
  const b = networkBuilder("chain", [kernels.length === 1 ? kernels[0]!.length : 2]);
  const output = kernels.reduce<string>(
    (x, _, i) => b.dense(x, { units: units[i]!, useBias: false }, `fc${i}`),
    b.input,
  );
  const values = kernels.map((kernel, i) => [`fc${i}/kernel`, Float32Array.from(kernel)] as const);
  return plainSnapshot(b.build(output), new Map(values));
}

const masksOf = ({ states }: Snapshot) => [...states.values()].map(({ mask }) => [...mask!]);

describe("pruneByMagnitude (Han et al. 2015)", () => {
  it("half of (0.1, -0.5, 0.3, -0.05, 0.8, -0.2, 0.02, 0.4): the four up to 0.2 go", () => {
    const pruned = pruneByMagnitude(chain([0.1, -0.5, 0.3, -0.05, 0.8, -0.2, 0.02, 0.4]), 0.5, "local");
    expect(masksOf(pruned)).toEqual([[0, 1, 1, 0, 1, 0, 0, 1]]);
    expect([...pruned.values.get("fc0/kernel")!]).toEqual([0, -0.5, 0.3, 0, 0.8, 0, 0, 0.4].map(Math.fround));
  });

  it("global scope on (0.1 .. 0.4) and (1 .. 4): 0.4 is the layer's last and stays, 1 goes instead", () => {
    const snapshot = chain([0.1, 0.2, 0.3, 0.4], [1, 2, 3, 4]);
    expect(masksOf(pruneByMagnitude(snapshot, 0.5, "global"))).toEqual([
      [0, 0, 0, 1],
      [0, 1, 1, 1],
    ]);
    expect(masksOf(pruneByMagnitude(snapshot, 0.5, "global", "mean"))).toEqual([
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ]);
    expect(masksOf(pruneByMagnitude(snapshot, 0.5, "local"))).toEqual([
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ]);
  });

  it("masks only grow: what is removed stays removed, and counts", () => {
    const first = pruneByMagnitude(chain([4, 3, 2, 1]), 0.5, "local");
    // The weights have moved since: the removed ones would now be the largest.
    const moved = { ...first, values: new Map([["fc0/kernel", Float32Array.of(0.1, 0.2, 9, 9)]]) };
    expect(masksOf(pruneByMagnitude(moved, 0.25, "local"))).toEqual([[1, 1, 0, 0]]);
    expect(masksOf(pruneByMagnitude(moved, 0.75, "local"))).toEqual([[0, 1, 0, 0]]);
  });

  it("a weight of each layer stays at any sparsity; at 0 nothing is masked", () => {
    expect(masksOf(pruneByMagnitude(chain([1, 2], [3, 4, 5, 6]), 0.999, "local"))).toEqual([
      [0, 1],
      [0, 0, 0, 1],
    ]);
    expect(pruneByMagnitude(chain([1, 2]), 0, "local").states.size).toBe(0);
  });

  it("leaves the snapshot that it was given alone", () => {
    const snapshot = chain([0.1, 0.2, 0.3, 0.4]);
    pruneByMagnitude(snapshot, 0.5, "local");
    expect([...snapshot.values.get("fc0/kernel")!]).toEqual([0.1, 0.2, 0.3, 0.4].map(Math.fround));
  });
});

describe("on the tiny network", () => {
  let platform: TinyPlatform;
  beforeAll(async () => {
    await startTiny();
    platform = await tinyPlatform();
  });

  const zerosOf = (snapshot: Snapshot) =>
    weightedNodes(snapshot.network).map((node) => {
      const kernel = effectiveOf(snapshot, node.params.kernel!.name);
      return [kernel.filter((w) => w === 0).length, kernel.length] as const;
    });

  it("an instant at 0.9 leaves floor(0.9 N + 0.5) zeros in every layer of the file, and no tensor behind", async () => {
    const run = await runTiny(tinyDocument([{ block: "prune.magnitude" }]), { platform });
    const zeros = zerosOf(decodedOf(run));
    expect(zeros.map(([, size]) => size)).toEqual([54, 432, 288]);
    for (const [count, size] of zeros) expect(count).toBe(removalCount(0.9, size));
    expect(run.result.final.nonZero).toBeLessThan(0.14 * run.result.original.nonZero);
    expect(run.result.final.macs).toBe(run.result.original.macs); // dense: zeros speed nothing up
  });

  it("AGP climbs its ladder while training goes on, and zeros stay zero", async () => {
    const params = { sparsity: 0.9, schedule: "agp", rounds: 4, endFraction: 1 };
    const document = tinyDocument([{ block: "prune.magnitude", steps: 8, params }], { evaluateEvery: 1 });
    const { points, result } = await runTiny(document, { platform });
    // Decisions at steps 0, 2, 4, 6 for 1 - 0.75^3, 1 - 0.5^3, 1 - 0.25^3 and 1 of 0.9.
    const kept = (s: number) => [54, 432, 288].reduce((sum, n) => sum + n - removalCount(0.9 * s, n), 0);
    const ladder = [0.578125, 0.875, 0.984375, 1].map(kept);
    // Besides the kernels the file has 6 + 8 + 4 biases.
    const counts = points.map((p) => p.nonZero - 18);
    expect(counts).toEqual([774, ...ladder.flatMap((n) => [n, n])]);
    expect(result.final.step).toBe(8);
  });
});
