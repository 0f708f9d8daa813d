/**
 * Network morphisms: changes of a graph after which it computes what it computed before. A layer is added as the identity
 * (Chen et al. 2016, "Net2Net"; Joint-DetNAS, 2021), so that training goes on from the same function with more room.
 */
import { EngineError } from "../core/errors";
import { type Network, type Node, type NodeOf, nodeById, parametersOf, type Shape, sizeOfShape } from "../core/network";
import type { Snapshot } from "../core/snapshot";
import { inputShapes, shapesOf } from "../ops/registry";
import { initializeValues } from "../zoo/initialize";
import { withParameterSpecs } from "./node-edits";
import { removeBlock, residualBlocks } from "./remove-block";

/** Activations that change nothing when they are applied twice. */
const idempotent = new Set(["relu", "relu6"]);

/** A convolution needs a window of this size inside the image, or it would see little but padding. */
const kernelSide = 3;

const hasBatchNorm = ({ nodes }: Network): boolean => nodes.some(({ op }) => op === "batch-norm");

/** Nodes behind which a layer can be added: rectified images of at least 3 x 3 that somebody reads. */
export function placesForLayers(network: Network): string[] {
  const shapes = shapesOf(network);
  return network.nodes.flatMap((node) => {
    if (node.op !== "activation" || !idempotent.has(node.attrs.kind) || node.id === network.output) return [];
    const shape = shapes.get(node.id)!;
    return shape.length === 3 && shape[0]! >= kernelSide && shape[1]! >= kernelSide ? [node.id] : [];
  });
}

function freshId(network: Network, base: string): string {
  const taken = new Set(network.nodes.map(({ id }) => id));
  for (let n = 1; ; n++) {
    const id = `${base}-added${n === 1 ? "" : n}`;
    if (![...taken].some((other) => other === id || other.startsWith(`${id}-`))) return id;
  }
}

const convolution = (id: string, from: string, filters: number, useBias: boolean): NodeOf<"conv2d"> => ({
  id,
  op: "conv2d",
  inputs: [from],
  attrs: {
    filters,
    kernelSize: [kernelSide, kernelSide],
    strides: [1, 1],
    padding: "same",
    dilation: [1, 1],
    useBias,
  },
  params: {},
});

/** Kernel `[3, 3, c, c]` that gives each channel back. */
function dirac(channels: number): Float32Array {
  const kernel = new Float32Array(kernelSide * kernelSide * channels * channels);
  const middle = ((kernelSide * kernelSide - 1) / 2) * channels * channels;
  for (let c = 0; c < channels; c++) kernel[middle + c * channels + c] = 1;
  return kernel;
}

/**
 * The snapshot with a 3x3 convolution behind a node, of as many filters as there are channels, that changes no logits by
 * more than rounding. In a network with batch normalization it is a residual block `x + gamma * norm(conv(x))` with
 * gamma 0, which is the identity while it trains too; in others a Dirac kernel under the same rectifier.
 *
 * @param seed of the new kernel, where it is random
 * @throws EngineError `not-prunable` where no layer can be added
 */
export function addLayer(snapshot: Snapshot, after: string, seed: number): { snapshot: Snapshot; id: string } {
  const { network } = snapshot;
  const places = placesForLayers(network);
  if (!places.includes(after)) {
    throw new EngineError(
      "not-prunable",
      `expected a rectified image to add a layer behind (${places.join(", ") || "there is none"}), got '${after}'`,
      { details: { layer: after } },
    );
  }
  const place = nodeById(network, after) as NodeOf<"activation">;
  const channels = shapesOf(network).get(after)!.at(-1)!;
  const id = freshId(network, after);
  const residual = hasBatchNorm(network);
  const added: Node[] = residual
    ? [
        convolution(id, after, channels, false),
        { id: `${id}-bn`, op: "batch-norm", inputs: [id], attrs: normOf(network), params: {} },
        { id: `${id}-add`, op: "add", inputs: [`${id}-bn`, after], attrs: {}, params: {} },
      ]
    : [
        convolution(id, after, channels, true),
        { id: `${id}-${place.attrs.kind}`, op: "activation", inputs: [id], attrs: place.attrs, params: {} },
      ];
  const last = added.at(-1)!.id;
  const rename = (input: string) => (input === after ? last : input);
  const rewired = network.nodes.flatMap((node): Node[] => {
    if (node.id === after) return [node, ...added];
    return [node.inputs.includes(after) ? ({ ...node, inputs: node.inputs.map(rename) } as Node) : node];
  });
  const larger = withSpecs({ ...network, nodes: rewired });
  const fresh = initializeValues(larger, seed);
  const values = new Map(
    parametersOf(larger).map(({ name, node, role, shape }) => {
      if (!added.some((other) => other.id === node.id)) return [name, snapshot.values.get(name)!];
      if (role === "gamma") return [name, new Float32Array(sizeOfShape(shape))];
      if (role === "kernel" && !residual) return [name, dirac(channels)];
      return [name, fresh.get(name)!];
    }),
  );
  return { snapshot: { ...snapshot, network: larger, values }, id };
}

/** Settings as the network's other layers have them. */
const normOf = ({ nodes }: Network): NodeOf<"batch-norm">["attrs"] =>
  (nodes.find(({ op }) => op === "batch-norm") as NodeOf<"batch-norm">).attrs;

/** The network with the parameters of its nodes as their operations ask for them. */
function withSpecs(network: Network): Network {
  const shapes = new Map<string, Shape>(shapesOf(network));
  const nodes = network.nodes.map((node) => withParameterSpecs(node, inputShapes(node, shapes)));
  return { ...network, nodes };
}

/**
 * A residual block moves: it goes where it was, and an identity is added elsewhere, with its kernel where that fits.
 *
 * @param block the addition of a block whose skip is an identity
 * @throws EngineError `not-prunable` where there is no such block, or no such place without it
 */
export function moveBlock(snapshot: Snapshot, block: string, after: string, seed: number): Snapshot {
  const moved = residualBlocks(snapshot.network).find(({ id }) => id === block);
  const { snapshot: grown, id } = addLayer(removeBlock(snapshot, block), after, seed);
  const name = `${id}/kernel`;
  const inherited = moved?.nodes
    .map((node) => snapshot.values.get(`${node}/kernel`))
    .find((kernel) => kernel?.length === grown.values.get(name)!.length);
  // A Dirac kernel is what makes the layer an identity; a residual one may begin with any.
  if (!inherited || !hasBatchNorm(grown.network)) return grown;
  return { ...grown, values: new Map([...grown.values, [name, inherited]]) };
}
