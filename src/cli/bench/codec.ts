/** Encoding and decoding a pruned, quantized lenet5c, in MB of fp32 parameters per second. */
import { pruneByMagnitude } from "#engine/blocks/prune/magnitude/magnitude";
import { quantizeWeights } from "#engine/blocks/shared/quantization/quantize";
import { decodeArtefact, encodeArtefact } from "#engine/codecs/artefact";
import { plainSnapshot } from "#engine/core/snapshot";
import { originalBytes } from "#engine/metrics/accounting";
import { builders } from "#engine/zoo/builders";
import { initializeValues } from "#engine/zoo/initialize";
import { type Benchmark, median } from "./benchmark";

function megabytesPerSecond(bytes: number, repeats: number, work: () => unknown): number {
  const seconds: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const from = performance.now();
    work();
    seconds.push((performance.now() - from) / 1000);
  }
  return bytes / 1e6 / median(seconds);
}

export const codec: Benchmark = {
  name: "codec",
  description: "encode and decode lenet5c, 90 % sparse and 5-bit, and untouched",
  byDefault: true,
  run({ quick }) {
    const repeats = quick ? 7 : 21;
    const network = builders.lenet5c();
    const plain = plainSnapshot(network, initializeValues(network, 1));
    const compressed = quantizeWeights(pruneByMagnitude(plain, 0.9, "local"), {
      wBits: 5,
      edgeBits: 8,
      granularity: "channel",
      calibration: "minmax",
      percentile: 99.99,
    });
    const bytes = originalBytes(network);
    const figures = (
      [
        ["untouched", plain],
        ["90 % sparse, 5-bit", compressed],
      ] as const
    ).flatMap(([name, snapshot]) => {
      const file = encodeArtefact(snapshot).bytes;
      return [
        {
          name: `encode ${name}`,
          value: megabytesPerSecond(bytes, repeats, () => encodeArtefact(snapshot)),
          unit: "MB/s",
        },
        { name: `decode ${name}`, value: megabytesPerSecond(bytes, repeats, () => decodeArtefact(file)), unit: "MB/s" },
      ];
    });
    return Promise.resolve(figures);
  },
};
