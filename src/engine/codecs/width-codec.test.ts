import { describe, expect, it } from "vitest";
import { weightedNodes } from "../core/network";
import { plainSnapshot, type Snapshot } from "../core/snapshot";
import { quantizeActivations, quantizeWeights } from "../blocks/shared/quantization/quantize";
import { weightBits } from "../metrics/accounting";
import { costOf } from "../metrics/cost";
import { foldBatchNorm } from "../surgery/fold-batch-norm";
import { builders } from "../zoo/builders";
import { initializeValues } from "../zoo/initialize";
import { decodeArtefact, encodeArtefact } from "./artefact";
import { sizeOf } from "./snapshot-plan";
import { checkWidths, encodeWidths, plannedWidths } from "./width-codec";
import { StreamSet } from "./streams";

const network = builders.resnet8();
const folded = foldBatchNorm(plainSnapshot(network, initializeValues(network, 1)));
const ids = weightedNodes(folded.network).map(({ id }) => id);
const settings = { wBits: 4, edgeBits: 8, granularity: "channel", calibration: "minmax", percentile: 99 } as const;
const sample = { min: -1, max: 1, values: Float32Array.of(-1, 1) };
const services = {
  sampleActivations: (_: Snapshot, nodes: readonly string[]) => Promise.resolve(new Map(nodes.map((n) => [n, sample]))),
};

describe("a plan in the file", () => {
  it("is not there where the inner layers share a width", () => {
    const snapshot = quantizeWeights(folded, settings);
    expect(plannedWidths(snapshot)).toEqual([]);
    expect(encodeArtefact(snapshot).widthBytes).toBe(0);
  });

  it("takes 4 bits for each width, in the size and in the stream", async () => {
    // resnet8: ten layers with a kernel.
    const plan = new Map(ids.map((id, i) => [id, { wBits: 2 + (i % 7), aBits: 8 - (i % 5) }]));
    const weights = quantizeWeights(folded, { ...settings, plan });
    const snapshot = await quantizeActivations(weights, { ...settings, aBits: 8, images: 1, plan }, services);
    const widths = plannedWidths(snapshot);
    expect(widths.slice(0, 10)).toEqual([2, 3, 4, 5, 6, 7, 8, 2, 3, 4]);
    // What a layer and another one read of the same tensor at two widths is two edges: ten in all.
    expect(widths).toHaveLength(20);
    const { bytes, sizeBytes, widthBytes } = encodeArtefact(snapshot);
    expect(widthBytes).toBe(10);
    expect(sizeOf(snapshot)).toBe(sizeBytes);
    const read = decodeArtefact(bytes);
    expect([read.sizeBytes, read.widthBytes]).toEqual([sizeBytes, 10]);
    expect(plannedWidths(read.snapshot)).toEqual(widths);
    expect(read.snapshot.activations).toEqual(snapshot.activations);
    expect(ids.map((id) => weightBits(read.snapshot.states.get(`${id}/kernel`)))).toEqual(widths.slice(0, 10));
    // What a search is told is no less than what is written.
    expect(costOf(folded, plan).bytes).toBeGreaterThanOrEqual(sizeBytes);
  });

  it("32 widths of channels or layers are 128 bits", () => {
    const widths = Array.from({ length: 32 }, (_, i) => 1 + (i % 16));
    expect(encodeWidths(widths)[0]!.bytes).toHaveLength(128 / 8);
  });

  it("is refused where it does not say what the quantizers do", () => {
    const streams = (widths: readonly number[]) => new StreamSet(encodeWidths(widths));
    expect(() => checkWidths(streams([4, 3, 8]), [4, 3, 8])).not.toThrow();
    expect(() => checkWidths(streams([4, 3, 8]), [4, 5, 8])).toThrow(/a width of 5 bits in its place/);
    expect(() => checkWidths(streams([4, 3, 8]), [4, 3, 8, 2, 2])).toThrow();
  });
});
