/**
 * Attention-based channel pruning (Wang et al. 2021): a squeeze-and-excitation module weighs each channel of an image
 * anyway, and its mean gate over training images is the channel's score.
 */
import type { Snapshot } from "../../../core/snapshot";
import { isGate } from "../../../ops/multiply";
import { shapesOf } from "../../../ops/registry";
import { analyzeChannels, type ChannelGroup } from "../../../surgery/channel-groups";
import type { BlockImplementation, ClipServices } from "../../block";
import type { ParamsOf } from "../../params";
import { type Scorable, structuredPruning } from "../../shared/pruning/structured-pruning";
import { meta } from "./meta";

/** A node with one factor for each channel, and the image that it is multiplied with. */
export interface Gate {
  readonly gate: string;
  readonly image: string;
}

/** Of every multiplication of an image with gates. */
export function gatesOf({ network }: Snapshot): Gate[] {
  const shapes = shapesOf(network);
  return network.nodes.flatMap(({ op, inputs }) => {
    if (op !== "multiply") return [];
    const image = inputs.find((id) => !isGate(shapes.get(id)!));
    return image === undefined ? [] : inputs.filter((id) => isGate(shapes.get(id)!)).map((gate) => ({ gate, image }));
  });
}

/** Sums of |value| by channel. */
export class ChannelMeans {
  readonly #sums: Float64Array;
  #count = 0;

  constructor(channels: number) {
    this.#sums = new Float64Array(channels);
  }

  /** @param values `[..., channels]` */
  add(values: Float32Array): void {
    const channels = this.#sums.length;
    for (let i = 0, c = 0; i < values.length; i++, c = c + 1 === channels ? 0 : c + 1) {
      this.#sums[c]! += Math.abs(values[i]!);
    }
    this.#count += values.length / channels;
  }

  get means(): Float64Array {
    return this.#sums.map((sum) => (this.#count > 0 ? sum / this.#count : 0));
  }
}

/** Network-wide unit of each channel of a group's gates. */
function gatesByGroup(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
): Map<string, { gate: Gate; unitOf: Int32Array }[]> {
  const analysis = analyzeChannels(snapshot.network);
  const gates = gatesOf(snapshot);
  return new Map(
    groups.map((group) => {
      const first = analysis.firstUnit[analysis.groups.findIndex(({ id }) => id === group.id)]!;
      const own = gates.flatMap((gate) => {
        const unitOf = analysis.unitsOfNode
          .get(gate.gate)!
          .map((unit) => (unit >= first && unit < first + group.units ? unit - first : -1));
        return unitOf.some((unit) => unit >= 0) ? [{ gate, unitOf }] : [];
      });
      return [group.id, own];
    }),
  );
}

type Options = Pick<ParamsOf<typeof meta.params>, "images" | "weighting">;

/** The mean gate of each unit; of a unit with several gates (one stage of a residual network) their mean. */
export async function gateScores(
  snapshot: Snapshot,
  groups: readonly ChannelGroup[],
  { images, weighting }: Options,
  services: Pick<ClipServices, "visitOutputs">,
): Promise<Float32Array[]> {
  const byGroup = gatesByGroup(snapshot, groups);
  const used = [...byGroup.values()].flat().map(({ gate }) => gate);
  const nodes = used.flatMap(({ gate, image }) => (weighting === "gate" ? [gate] : [gate, image]));
  const shapes = shapesOf(snapshot.network);
  const measured = new Map(nodes.map((id) => [id, new ChannelMeans(shapes.get(id)!.at(-1)!)]));
  await services.visitOutputs(snapshot, [...measured.keys()], images, ({ nodeId, values }) =>
    measured.get(nodeId)!.add(values),
  );
  return groups.map(({ id, units }) => {
    const sums = new Float64Array(units);
    const counts = new Float64Array(units);
    for (const { gate, unitOf } of byGroup.get(id)!) {
      const gates = measured.get(gate.gate)!.means;
      const activations = measured.get(gate.image)?.means;
      unitOf.forEach((unit, c) => {
        if (unit < 0) return;
        sums[unit]! += gates[c]! * (activations?.[c] ?? 1);
        counts[unit]!++;
      });
    }
    return Float32Array.from(sums, (sum, u) => (counts[u]! > 0 ? sum / counts[u]! : 0));
  });
}

const hasGates = (snapshot: Snapshot): Scorable => ({
  has: (group) => gatesByGroup(snapshot, [group]).get(group.id)!.length > 0,
  expected: "squeeze-and-excitation gates, as build:cnn-se has them",
});

export const attentionSe: BlockImplementation<typeof meta.params> = (context) =>
  structuredPruning(
    context,
    meta.id,
    (snapshot, groups) => gateScores(snapshot, groups, context.params, context.services),
    { scorable: hasGates },
  );
