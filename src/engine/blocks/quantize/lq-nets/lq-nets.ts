/**
 * LQ-Nets (Zhang et al. 2018): the levels of each output channel are all signed sums of K learned numbers, those of a
 * layer's input all sums of some of K. At each step codes and numbers take one turn (QEM) and a moving average keeps the
 * numbers; gradients pass straight through. Normalization lives on while the network trains and folds in the file.
 * First and last layer, fp32 in the paper, keep `edgeBits` uniform ones; so do inputs that may be negative, which sums of
 * positive numbers do not reach.
 */
import { effectiveValues } from "../../../quantizers/effective";
import { floatBits } from "../../../core/effective";
import { type Node, outputChannels, weightedNodes } from "../../../core/network";
import { type ActivationQuantizer, type ParameterState, type Snapshot, valuesOf } from "../../../core/snapshot";
import { initialActivationBasis, qem } from "../../../quantizers/basis";
import { inputEdge } from "../../../quantizers/edges";
import { fitBasis } from "../../../quantizers/weights/basis";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import type { ActivationSample, BlockImplementation, ClipServices } from "../../block";
import { activationQuantizer } from "../../shared/quantization/calibration";
import { edgeLayers, isCoarser, quantizeWeights } from "../../shared/quantization/quantize";
import type { meta } from "./meta";

export interface LevelSettings {
  readonly wBits: number;
  readonly aBits: number;
  readonly edgeBits: number;
  readonly turns: number;
  readonly memory: number;
  readonly images: number;
}

/** Turns of QEM on a sample of activations, before training. */
const fitTurns = 20;

/**
 * The snapshot with learned levels on every kernel but the first and the last, which get uniform quantizers. A tensor
 * that has as few values already keeps its quantizer; a finer one is rounded again from the values it has.
 */
export function quantizeLevels(snapshot: Snapshot, settings: LevelSettings): Snapshot {
  const states = new Map<string, ParameterState>(snapshot.states);
  const values = new Map(snapshot.values);
  const edges = edgeLayers(snapshot.network);
  for (const node of weightedNodes(snapshot.network)) {
    if (edges.has(node.id)) continue;
    const { name } = node.params.kernel!;
    const before = states.get(name);
    if (isCoarser(before?.quantizer, settings.wBits)) continue;
    const masked = effectiveValues(valuesOf(snapshot, name), before);
    const fit = { bits: settings.wBits, turns: settings.turns, decay: settings.memory };
    states.set(name, { ...before, quantizer: fitBasis(masked, outputChannels(node), fit, before?.mask) });
    if (before?.quantizer) values.set(name, masked);
  }
  const levelled = { ...snapshot, states, values };
  if (settings.edgeBits === floatBits) return levelled;
  const uniform = { granularity: "channel", calibration: "minmax", percentile: 100 } as const;
  return quantizeWeights(levelled, { ...uniform, wBits: settings.edgeBits, edgeBits: settings.edgeBits }, [...edges]);
}

/** Levels for what a layer reads: numbers that QEM finds on a sample; of values that may be negative an affine grid. */
export function fitActivation(sample: ActivationSample, bits: number, turns: number): ActivationQuantizer {
  if (sample.min < 0 || sample.max <= 0) return activationQuantizer(sample, bits, "minmax", 100);
  const mean = sample.values.reduce((sum, x) => sum + x, 0) / Math.max(1, sample.values.length);
  // The first guess is for values around 1.
  const first = initialActivationBasis(bits).map((number) => number * (mean > 0 ? mean : 1));
  return { kind: "basis", bits, turns, basis: [...qem(sample.values, first, 0, fitTurns)] };
}

/**
 * The snapshot with a quantizer on what each layer reads, for that layer alone. What an earlier clip has given no more
 * bits stays as it is.
 */
export async function quantizeInputs(
  snapshot: Snapshot,
  settings: LevelSettings,
  services: Pick<ClipServices, "sampleActivations">,
): Promise<Snapshot> {
  if (settings.aBits === floatBits) return snapshot;
  const edges = edgeLayers(snapshot.network);
  const widthOf = ({ id }: Node) => (edges.has(id) ? settings.edgeBits : settings.aBits);
  const layers = weightedNodes(snapshot.network).filter((node) => {
    const known = [inputEdge(node.id, 0), node.inputs[0]!].map((edge) => snapshot.activations.get(edge)?.bits);
    return widthOf(node) !== floatBits && known.every((bits) => bits === undefined || bits > widthOf(node));
  });
  const plain = { ...snapshot, activations: new Map() };
  const reads = [...new Set(layers.map(({ inputs }) => inputs[0]!))];
  const samples = await services.sampleActivations(plain, reads, settings.images);
  const activations = new Map(snapshot.activations);
  for (const node of layers) {
    const sample = samples.get(node.inputs[0]!)!;
    const quantizer = edges.has(node.id)
      ? activationQuantizer(sample, settings.edgeBits, "minmax", 100)
      : fitActivation(sample, settings.aBits, settings.turns);
    activations.set(inputEdge(node.id, 0), quantizer);
  }
  return { ...snapshot, activations };
}

export const lqNets: BlockImplementation<typeof meta.params> = ({ params, services }) => ({
  rounds: { count: 1, endFraction: 1 },
  async onRound(_round, model) {
    const snapshot = await model.snapshot();
    const folded = params.foldBn === "start" ? foldBatchNorm(snapshot) : snapshot;
    model.replace(await quantizeInputs(quantizeLevels(folded, params), params, services));
  },
  onStep(_step, model) {
    model.observeActivations({ decay: params.memory, frozen: false });
  },
  onEnd(model) {
    model.observeActivations({ decay: params.memory, frozen: true });
    return Promise.resolve();
  },
});
