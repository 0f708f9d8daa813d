/** What each unit of a channel group contributes to outputs of the layers that read it, at places drawn at random. */
import { effectiveValues } from "../../../quantizers/effective";
import { type Node, nodeById, type Shape } from "../../../core/network";
import type { Rng } from "../../../core/rng";
import { type Snapshot, valuesOf } from "../../../core/snapshot";
import { shapesOf } from "../../../ops/registry";
import { channelConstants } from "../../../surgery/channel-constants";
import type { ChannelGroup } from "../../../surgery/channel-groups";
import type { ClipServices } from "../../block";

export interface Sampling {
  readonly images: number;
  readonly samplesPerImage: number;
}

/** Of one layer that reads the group. */
export interface Contributions {
  readonly reader: string;
  /**
   * `[samples, units]`: before bias, batch normalization and nonlinearity, less what the removed unit would leave
   * behind (the 0.5 of a sigmoid). A row's sum is what the group adds to that output.
   */
  readonly samples: Float32Array;
  /** Whether a removed unit leaves something behind. */
  readonly leavesConstants: boolean;
}

interface Reading {
  readonly node: Node;
  readonly input: string;
  readonly shape: Shape;
  readonly kernel: Float32Array;
  /** Input channel -> unit, -1 for none of the group's. */
  readonly unitOf: Int32Array;
  /** Input channel -> what it holds once removed. */
  readonly held: Float64Array;
}

const isReader = (node: Node): boolean => node.op === "conv2d" || node.op === "dense";

/** Convolutions and dense layers that read channels of the group. */
function readingsOf(snapshot: Snapshot, group: ChannelGroup): Reading[] {
  const shapes = shapesOf(snapshot.network);
  const constants = channelConstants(snapshot.network, snapshot.activations);
  return group.slices.flatMap(({ side, role, node: id, parameter, unitOf }) => {
    const node = nodeById(snapshot.network, id);
    if (side !== "reads" || role !== "kernel" || !isReader(node)) return [];
    const input = node.inputs[0]!;
    return {
      node,
      input,
      shape: shapes.get(input)!,
      kernel: effectiveValues(valuesOf(snapshot, parameter), snapshot.states.get(parameter)),
      unitOf,
      held: constants.get(input)!,
    };
  });
}

/** Zeros before the first row and column that a padded convolution adds (TensorFlow's `same`). */
function paddingBefore(input: number, window: number, stride: number, output: number): number {
  return Math.max(0, Math.floor(((output - 1) * stride + window - input) / 2));
}

/**
 * Draws outputs of a reader and adds a row of contributions for each.
 * @param image values of the reader's input for one image
 */
function sampleReader(reading: Reading, image: Float32Array, row: Float32Array, rng: Rng, outputShape: Shape): void {
  const { node, shape, kernel, unitOf, held } = reading;
  const add = (channel: number, weight: number, value: number) => {
    const unit = unitOf[channel]!;
    if (unit >= 0) row[unit]! += weight * (value - held[channel]!);
  };
  const outputs = outputShape.at(-1)!;
  const o = rng.integer(outputs);
  if (node.op !== "conv2d") {
    for (let c = 0; c < unitOf.length; c++) add(c, kernel[c * outputs + o]!, image[c]!);
    return;
  }
  const [height, width, channels] = shape as [number, number, number];
  const [kh, kw] = node.attrs.kernelSize;
  const [sy, sx] = node.attrs.strides;
  const [dy, dx] = node.attrs.dilation;
  const same = node.attrs.padding === "same";
  const top = same ? paddingBefore(height, (kh - 1) * dy + 1, sy, outputShape[0]!) : 0;
  const left = same ? paddingBefore(width, (kw - 1) * dx + 1, sx, outputShape[1]!) : 0;
  const y = rng.integer(outputShape[0]!) * sy - top;
  const x = rng.integer(outputShape[1]!) * sx - left;
  for (let r = 0; r < kh; r++) {
    const iy = y + r * dy;
    if (iy < 0 || iy >= height) continue;
    for (let s = 0; s < kw; s++) {
      const ix = x + s * dx;
      if (ix < 0 || ix >= width) continue;
      const from = (iy * width + ix) * channels;
      const weights = (r * kw + s) * channels;
      for (let c = 0; c < channels; c++) add(c, kernel[(weights + c) * outputs + o]!, image[from + c]!);
    }
  }
}

/** Samples for every reader of every group, in one pass over the images. */
export async function contributionsTo(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  { images, samplesPerImage }: Sampling,
  services: Pick<ClipServices, "visitOutputs">,
  rng: (stream: string) => Rng,
): Promise<Map<string, Contributions[]>> {
  const shapes = shapesOf(snapshot.network);
  const all = groups.flatMap((group) =>
    readingsOf(snapshot, group).map((reading) => ({
      group,
      reading,
      draws: rng(`${group.id}/${reading.node.id}`),
      rows: [] as Float32Array[],
    })),
  );
  const inputs = [...new Set(all.map(({ reading }) => reading.input))];
  await services.visitOutputs(snapshot, inputs, images, ({ nodeId, shape, values }) => {
    const size = values.length / shape[0]!;
    for (const { group, reading, draws, rows } of all) {
      if (reading.input !== nodeId) continue;
      for (let at = 0; at < values.length; at += size) {
        const image = values.subarray(at, at + size);
        for (let n = 0; n < samplesPerImage; n++) {
          const row = new Float32Array(group.units);
          sampleReader(reading, image, row, draws, shapes.get(reading.node.id)!);
          rows.push(row);
        }
      }
    }
  });
  return new Map(
    groups.map((group) => [
      group.id,
      all
        .filter((entry) => entry.group === group)
        .map(({ reading, rows }) => {
          const samples = new Float32Array(rows.length * group.units);
          rows.forEach((row, i) => samples.set(row, i * group.units));
          const leavesConstants = reading.held.some((value, c) => value !== 0 && reading.unitOf[c]! >= 0);
          return { reader: reading.node.id, samples, leavesConstants };
        }),
    ]),
  );
}
