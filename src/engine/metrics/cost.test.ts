import { describe, expect, it } from "vitest";
import { encodeArtefact } from "../codecs/artefact";
import type { BitPlan } from "../core/bit-plan";
import { refreshScales } from "../quantizers/weights/uniform";
import { type Network, parametersOf } from "../core/network";
import { type ParameterState, plainSnapshot, type Snapshot } from "../core/snapshot";
import { foldBatchNorm } from "../surgery/fold-batch-norm";
import { networkBuilder } from "../zoo/builder";
import { builders } from "../zoo/builders";
import { initializeValues } from "../zoo/initialize";
import { bopsOf, macsOf } from "./accounting";
import { costOf } from "./cost";
import { deviceProfiles, layerLatency, type LatencyTable, type RooflineProfile } from "./device-profile";

const fresh = (network: Network): Snapshot => plainSnapshot(network, initializeValues(network, 1));

/** A convolution of 2 filters on 4 x 4 images, and two logits of its 32 outputs. */
function small(): Network {
  const b = networkBuilder("small", [4, 4, 1]);
  return b.build(b.dense(b.flatten(b.conv2d(b.input, { filters: 2, kernelSize: 3 }, "conv")), { units: 2 }, "logits"));
}

/** Every kernel at these bits, one scale for each channel. */
function quantized(snapshot: Snapshot, bits: number): Snapshot {
  const states = new Map<string, ParameterState>();
  for (const { name, role, shape } of parametersOf(snapshot.network)) {
    if (role !== "kernel") continue;
    const clips = new Float32Array(shape.at(-1)!).fill(1);
    const quantizer = { kind: "uniform", bits, granularity: "channel", clips, scales: clips } as const;
    states.set(name, { quantizer: refreshScales(snapshot.values.get(name)!, quantizer) });
  }
  return { ...snapshot, states };
}

const planOf = (network: Network, wBits: number, aBits: number): BitPlan =>
  new Map(network.nodes.filter(({ params }) => params.kernel).map(({ id }) => [id, { wBits, aBits }]));

describe("the numbers of a point", () => {
  it.each([
    ["plain", (s: Snapshot) => s],
    ["at 4 bits", (s: Snapshot) => quantized(foldBatchNorm(s), 4)],
  ])("resnet8, %s: bytes, MACs and bit operations of its file", (_, change) => {
    const snapshot = change(fresh(builders.resnet8()));
    const { bytes, macs, bops, layers } = costOf(snapshot);
    expect(bytes).toBe(encodeArtefact(foldBatchNorm(snapshot)).sizeBytes);
    expect([macs, bops]).toEqual([macsOf(snapshot.network), bopsOf(snapshot)]);
    expect([...layers.values()].reduce((sum, layer) => sum + layer.bytes, 0)).toBe(bytes);
  });
});

describe("under a plan", () => {
  const snapshot = fresh(small());

  it("counts codes of fixed length, scales, what inputs need and the widths", () => {
    const plan = new Map([
      ["conv", { wBits: 4, aBits: 8 }],
      ["logits", { wBits: 2, aBits: 4 }],
    ]);
    const { bytes, bops, macs, layers } = costOf(snapshot, plan);
    const biases = costOf(snapshot).layers;
    // conv: 18 codes of 4 bits are 9 bytes, 2 scales 8; logits: 64 codes of 2 bits are 16, 2 scales 8.
    const bias = (id: string, kernel: number) => biases.get(id)!.bytes - kernel;
    expect(layers.get("conv")!.bytes).toBe(9 + 8 + bias("conv", 4 * 18));
    expect(layers.get("logits")!.bytes).toBe(16 + 8 + bias("logits", 4 * 64));
    // Four widths of 4 bits are 2 bytes, two quantizers of inputs 5 each.
    expect(bytes).toBe(layers.get("conv")!.bytes + layers.get("logits")!.bytes + 2 + 10);
    // 16 places x 9 weights x 2 filters; 32 x 2.
    expect(macs).toBe(288 + 64);
    expect(bops).toBe(288 * 4 * 8 + 64 * 2 * 4);
  });

  it("is no less than what the file takes of weights at those widths", () => {
    for (const bits of [2, 3, 5, 8]) {
      const network = builders["cnn-m/4"]();
      const folded = foldBatchNorm(fresh(network));
      const weights = new Map([...planOf(network, bits, 32)]);
      expect(costOf(folded, weights).bytes).toBeGreaterThanOrEqual(costOf(quantized(folded, bits)).bytes);
    }
  });

  it("refuses a layer that is not there and a width that no quantizer has", () => {
    expect(() => costOf(snapshot, new Map([["nowhere", { wBits: 4 }]]))).toThrow(/layers with a kernel, got 'nowhere'/);
    expect(() => costOf(snapshot, new Map([["conv", { wBits: 9 }]]))).toThrow(/2 to 8 bits, got 9/);
    expect(() => costOf(snapshot, new Map([["conv", { aBits: 1 }]]))).toThrow(/2 to 8 bits or 32, got 1/);
  });
});

describe("latency", () => {
  const work = { id: "a", macs: 4000, weights: 100, reads: 50 };
  const device: RooflineProfile = {
    kind: "roofline",
    name: "test",
    kernels: [
      { wBits: 32, aBits: 32, macsPerMs: 1000 },
      { wBits: 8, aBits: 8, macsPerMs: 4000 },
    ],
    bytesPerMs: 100,
  };

  it("is the arithmetic's or the traffic's, whichever is longer", () => {
    // 4000 / 4000 = 1 ms; (100 * 8 + 50 * 8) / 8 = 150 bytes are 1.5 ms.
    expect(layerLatency(device, { ...work, wBits: 8, aBits: 8 })).toBe(1.5);
    // 4 bits run on the kernel of 8, and move half the weights: (400 + 400) / 8 = 100 bytes.
    expect(layerLatency(device, { ...work, wBits: 4, aBits: 8 })).toBe(1);
    // Floats that are read leave no kernel but that of floats: 4 ms; (800 + 1600) / 8 = 300 bytes are 3.
    expect(layerLatency(device, { ...work, wBits: 8, aBits: 32 })).toBe(4);
  });

  it("comes from a table where there is one, of the next width that holds it", () => {
    const table: LatencyTable = {
      kind: "table",
      name: "measured elsewhere",
      layers: new Map([
        [
          "conv",
          [
            { wBits: 4, aBits: 8, ms: 0.25 },
            { wBits: 8, aBits: 8, ms: 0.5 },
          ],
        ],
        ["logits", [{ wBits: 8, aBits: 8, ms: 0.125 }]],
      ]),
    };
    const cost = costOf(fresh(small()), planOf(small(), 3, 8), table);
    expect([cost.latencyMs, cost.device]).toEqual([0.375, "measured elsewhere"]);
    expect(() => costOf(fresh(small()), new Map(), table)).toThrow(
      /'measured elsewhere' expected a time of layer 'conv'/,
    );
  });

  it("of the bit-serial device falls with each bit, of the int8 one not below 8", () => {
    const network = builders["cnn-m"]();
    const at = (device: keyof typeof deviceProfiles, bits: number) =>
      costOf(fresh(network), planOf(network, bits, 8), deviceProfiles[device]).layers.get("conv2")!.latencyMs;
    // conv2 of cnn-m: 7,225,344 MACs x 8 x bits / 1e9; the traffic is far below.
    expect(at("bit-serial", 8)).toBeCloseTo((7_225_344 * 64) / 1e9, 9);
    expect(at("bit-serial", 4)).toBeCloseTo((7_225_344 * 32) / 1e9, 9);
    expect(at("int8", 4)).toBe(at("int8", 8));
  });
});

describe("savings of a unit", () => {
  it("a filter of the small network: 9 weights, a bias and 32 of the logits' weights", () => {
    const { savings } = costOf(fresh(small()), planOf(small(), 8, 8));
    const { macs, bops } = savings().get("conv")!;
    // 16 places x 9 weights; 16 outputs x 2 logits.
    expect([...macs]).toEqual([144 + 32, 144 + 32]);
    expect([...bops]).toEqual([176 * 64, 176 * 64]);
  });

  it("of all units together are the bytes of what they touch", () => {
    const cost = costOf(fresh(small()));
    const { bytes, latencyMs } = cost.savings().get("conv")!;
    const logitsBias = cost.layers.get("logits")!.bytes - 4 * 64;
    expect(bytes[0]! + bytes[1]!).toBeCloseTo(cost.bytes - logitsBias, 9);
    expect(latencyMs[0]! + latencyMs[1]!).toBeCloseTo(cost.latencyMs, 12);
  });
});
