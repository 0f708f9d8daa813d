/**
 * The contract of a block, one method of the palette. Metadata is light and read by the page; the implementation is
 * pure functions on snapshots plus hooks that the one training loop calls, so that any set of overlapping clips trains
 * jointly. See README.md beside this file.
 */
import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { CitationKey } from "#survey/citations";
import type { SurveyNodeId } from "#survey/taxonomy";
import type { Words } from "#survey/words";
import type { BitPlan } from "../core/bit-plan";
import type { Rng } from "../core/rng";
import type { Snapshot } from "../core/snapshot";
import type { Network, Node, Shape } from "../core/network";
import type { LayerCall, StatisticsMode } from "../training/forward";
import type { Cost } from "../metrics/cost";
import type { DeviceProfile } from "../metrics/device-profile";
import type { RangeObserver } from "../training/live-activation";
import type { KeptSlices } from "../training/live-model";
import type { LearnedTensor, VariableOptions } from "../training/learned-tensors";
import type { OptimizerSettings } from "../training/optimizer";
import type { Batch, BatchOutput, ParameterUpdates } from "../training/step";
import type { NumberParam, ParamSchema, ParamsOf } from "./params";

/** Folder of a block -> prefix of its id. Where it lies on the timeline follows from it too; `joint` spans two lanes. */
export const blockPrefixes = {
  model: "model",
  prune: "prune",
  quantize: "quant",
  distill: "distill",
  joint: "joint",
  train: "train",
} as const;
export type BlockFamily = keyof typeof blockPrefixes;

/** The family that an id's prefix names, of a block that this engine has or not; `model` for a prefix of none. */
export function familyOf(blockId: string): BlockFamily {
  const [prefix] = blockId.split(".", 1);
  const found = Object.entries(blockPrefixes).find(([, own]) => own === prefix);
  return (found?.[0] as BlockFamily | undefined) ?? "model";
}

/** What a block does to the network that is deployed. One block may do several of these at once. */
export type Role = "prune" | "quantize" | "distill" | "train" | "model";

/**
 * How closely the implementation follows its source: the cited formula (`exact`), the cited idea with details of ours
 * (`reconstructed`), our reading of a sentence of the survey (`stand-in`). Shown wherever the method is named.
 */
export type Fidelity = "exact" | "reconstructed" | "stand-in";

export interface BlockNeeds {
  /** Training images, labelled or not. */
  readonly data: boolean;
  readonly labels: boolean;
  readonly batchNorm: boolean;
  readonly teacher: boolean;
}

/** What the combination of methods on a timeline is told from (`document/classify.ts`). */
export interface BlockTraits {
  /** Of a pruner: does the network get smaller (`structured`), or only emptier. */
  readonly granularity?: "unstructured" | "structured";
  /** Of a quantizer: one width, several, or a table of values. */
  readonly precision?: "fixed" | "dynamic" | "discrete";
  /** Of a quantizer: learns while training goes on (QAT) rather than at an instant (PTQ). */
  readonly trains?: boolean;
  /** Folds batch normalization at its start, unless its setting `foldBn` is there and says otherwise. */
  readonly foldsBatchNorm?: boolean;
}

export interface BlockMeta<Id extends string = string, S extends ParamSchema = ParamSchema> {
  readonly id: Id;
  /** Empty for one that acts in training only. */
  readonly roles: readonly Role[];
  /**
   * What it quantizes while the network trains and no file holds: feature maps that a student learns from, or gradients
   * on their way between workers. The survey counts the first as quantization joined with distillation, the second as
   * no combination.
   */
  readonly quantizesInTraining?: "features" | "gradients";
  /** Catalogue ids of methods that this block carries out, itself included. */
  readonly covers: readonly string[];
  readonly survey: SurveyNodeId;
  readonly citations: readonly CitationKey[];
  readonly fidelity: Fidelity;
  /** `instant`: length 0 only; `span`: longer than 0 only. */
  readonly length: "instant" | "span" | "either";
  readonly needs: BlockNeeds;
  readonly traits: BlockTraits;
  readonly params: S;
  /** The widths that a document may set for single layers (`clip.layers`), with their ranges. */
  readonly byLayer?: { readonly [W in LayerWidth]?: NumberParam };
}

/** A width that a table by layer may hold. */
export type LayerWidth = "wBits" | "aBits";

export const defineBlock = <const Id extends string, const S extends ParamSchema>(meta: BlockMeta<Id, S>) => meta;

/** A block's words in both languages. Every parameter has a label and every choice a name, or it does not compile. */
export interface BlockWords<S extends ParamSchema = ParamSchema> {
  readonly label: Words;
  /** What it does, in one sentence. */
  readonly summary: Words;
  /** What the loss chart calls its terms and figures, by their names. */
  readonly parts?: Readonly<Record<string, Words>>;
  readonly params: {
    readonly [K in keyof S]: S[K] extends { readonly options: readonly (infer T extends string)[] }
      ? { readonly label: Words; readonly options: Readonly<Record<T, Words>> }
      : { readonly label: Words };
  };
}

/** The network while it trains, as a block may see and change it. */
export interface ModelAccess {
  /** The graph as it is now: other clips may have cut or folded it since the last step. */
  readonly network: Network;
  /** Raw values and compression state as they are now. */
  snapshot(): Promise<Snapshot>;
  /**
   * Puts a snapshot computed from the last one in place; optimizer moments of cut parameters (`kept`) are cut alike.
   * Arrays that did not change should be the same objects: they are not copied to the device again.
   */
  replace(next: Snapshot, kept?: KeptSlices): void;
  /** Forgets all optimizer moments: what `replace` put in place is another network, though its shapes may be the same. */
  resetOptimizer(): void;
  /** How the ranges of quantized activations behave from now on. */
  observeActivations(observer: RangeObserver): void;
  /**
   * Changes the raw values of a parameter on the device, without reading them: proximal steps, zeroed filters that may
   * grow again. `change` runs in a tidy and returns a tensor of the same shape; masked weights stay 0.
   */
  update(parameter: string, change: (value: Tensor) => Tensor): void;
}

/** Smallest and largest output of a node over the calibration images, and a histogram-free sample for clipping. */
export interface ActivationSample {
  readonly min: number;
  readonly max: number;
  /** At most a few ten thousand outputs, drawn evenly over images and places. */
  readonly values: Float32Array;
}

/** Outputs of one node for consecutive training images, in inference mode. */
export interface OutputBatch {
  readonly nodeId: string;
  /** `[images, ...]`, channels last. */
  readonly shape: Shape;
  readonly values: Float32Array;
  /** Place of the first image among the training images. */
  readonly firstImage: number;
}

/** The same, with the gradient of what `OutputGradientOptions.of` names in each value. */
export interface OutputGradientBatch extends OutputBatch {
  readonly gradients: Float32Array;
}

export interface GradientOptions {
  /** How many training images, from the first; at most what the clip may use. */
  readonly images: number;
  /** Images of one gradient: 1 gives per-sample gradients. */
  readonly batchSize: number;
}

export interface OutputGradientOptions extends GradientOptions {
  /** The task's loss, a mean over the batch, or the sum of the logits of the true classes. */
  readonly of: "loss" | "label-logit";
}

/** How logits are handed back to what they were made of; see `training/relevance.ts`. */
export interface RelevanceOptions {
  /** How many training images, from the first; at most what the clip may use. */
  readonly images: number;
  /** The logit of an image's true class, or its largest one. */
  readonly start: "label" | "prediction";
  /** By all contributions, damped by `epsilon` > 0, or by the positive ones. */
  readonly rule: "epsilon" | "z-plus";
  readonly epsilon: number;
}

/** What a search wants to know of a change: how good the network is after it and a short training. */
export interface TrialRequest {
  /** A copy of it is trained. */
  readonly from: Snapshot;
  /** Of the copy, before it trains. Pure. */
  change(snapshot: Snapshot): Snapshot | Promise<Snapshot>;
  /** Optimizer steps, counted beside the axis; 0 only scores. */
  readonly steps: number;
  /** Larger is better. Of the snapshot alone: a trial that is repeated may be answered from memory. */
  score(snapshot: Snapshot): Promise<number>;
  /** Tells `score` from others of the same snapshot. */
  readonly scoredBy: string;
  /** How the ranges of quantized activations behave; they stay by default. */
  readonly observer?: RangeObserver;
  /** Which trial of how many this is, for the one who waits; counted from 1. */
  readonly number?: number;
  readonly of?: number;
}

export interface TrialResult {
  /** The copy after its training. */
  readonly snapshot: Snapshot;
  /** -Infinity where the training diverged. */
  readonly score: number;
}

/** What the engine offers a block. Everything is seeded; nothing is kept by the block after `onEnd`. */
export interface ClipServices {
  /** How many training images the clip may use. */
  readonly trainingImages: number;
  /** Outputs of nodes of a network over `images` training images in inference mode. */
  sampleActivations(
    snapshot: Snapshot,
    nodeIds: readonly string[],
    images: number,
  ): Promise<ReadonlyMap<string, ActivationSample>>;
  /** Streams whole outputs of nodes over `images` training images, batch by batch, all nodes of a batch in the order given. */
  visitOutputs(
    snapshot: Snapshot,
    nodeIds: readonly string[],
    images: number,
    visit: (batch: OutputBatch) => void,
  ): Promise<void>;
  /**
   * Gradients of the task's loss of each batch in the effective values of every trainable parameter, in inference
   * mode (moving statistics). Masked and quantized values count as they are; the arrays are the visitor's to keep.
   */
  visitGradients(
    snapshot: Snapshot,
    options: GradientOptions,
    visit: (gradients: ReadonlyMap<string, Float32Array>, images: number) => void,
  ): Promise<void>;
  /** Outputs of nodes with their gradients, in inference mode. */
  visitOutputGradients(
    snapshot: Snapshot,
    nodeIds: readonly string[],
    options: OutputGradientOptions,
    visit: (batch: OutputGradientBatch) => void,
  ): Promise<void>;
  /** Layer-wise relevances of nodes' outputs, in inference mode, batch by batch like `visitOutputs`. */
  visitRelevances(
    snapshot: Snapshot,
    nodeIds: readonly string[],
    options: RelevanceOptions,
    visit: (batch: OutputBatch) => void,
  ): Promise<void>;
  /**
   * The task's main figure on the validation images, which neither training nor the chart's points use, turned so that
   * more is better: of classes the accuracy, a fraction in [0, 1].
   */
  score(snapshot: Snapshot): Promise<number>;
  /**
   * What a network costs, by layer and unit, in the numbers that points have; at other widths where a plan says so. The
   * latency is computed for the profile's device. Light: nothing runs.
   */
  cost(snapshot: Snapshot, plan?: BitPlan, profile?: DeviceProfile): Cost;
  /**
   * Trains a changed copy of a network with the document's settings and the loss terms of the clips beside this one, and
   * scores it. Afterwards the network on the timeline, its optimizer, ranges and random streams are what they were.
   * @throws EngineError `usage` where no run is going on: a preview makes no trials
   */
  trial(request: TrialRequest): Promise<TrialResult>;
  /**
   * A tensor of the clip's own that lives as long as the clip: mask scores, log variances, a queue of thresholds. A
   * trainable one gets gradients through the hooks that read it and an optimizer step with the weights. Asked for again
   * by its name it is the same one; in a run that goes on the kept values win over `initial`. The engine cuts it with
   * what it `follows`, keeps it in checkpoints and frees it.
   */
  variable(name: string, initial: Float32Array, shape: Shape, options?: VariableOptions): LearnedTensor;
  /** Moving statistics estimated afresh over the document's `bnRecalibrationBatches`; the same snapshot without batch normalization. */
  recalibrateBatchNorm(snapshot: Snapshot): Promise<Snapshot>;
  /** Between parts of a long computation: lets messages in, and throws where the run was stopped. */
  between(): Promise<void>;
  /** A network of the catalogue of builders with fresh values, for the document's data. */
  build(id: string, seed: number): Snapshot;
  /** Of a distiller. @throws EngineError `missing-teacher` */
  teacher(): Teacher;
}

/** A frozen network, in inference mode, outside the gradient tape. */
export interface Teacher {
  /**
   * Class logits `[rows, classes]`; the caller disposes them. Of training images by their places they are cached: there is
   * no augmentation, so an image's logits never change. Without places they are computed from `x`.
   */
  logits(keys: Uint32Array | undefined, x: Tensor): Tensor2D;
}

/** Plain data of a running clip that a resumed run needs besides the snapshot. */
export type ClipState = Readonly<Record<string, number | readonly number[]>>;

/** What the document says of one layer or channel group. */
export interface LayerChoice {
  /** Of a pruner: fraction removed here instead of the clip's `sparsity`, from a sensitivity scan or by hand. */
  readonly sparsity?: number;
  /** Of a pruner: units (filters, hidden units) of the network at the clip's start that must stay. */
  readonly keep?: readonly number[];
  /** Of a quantizer: widths of this layer's kernel and of what it reads, instead of the clip's; 2 to 8. */
  readonly wBits?: number;
  readonly aBits?: number;
}

export interface ClipContext<S extends ParamSchema = ParamSchema> {
  readonly params: ParamsOf<S>;
  /** Length in optimizer steps; 0 for an instant. */
  readonly steps: number;
  readonly services: ClipServices;
  /** What the document says of single layers: of a layer or channel group by its id. Absent layers follow `params`. */
  readonly layers: ReadonlyMap<string, LayerChoice>;
  /** Where a preview listens: a structured pruner's score of each unit, by channel group, before it decides. */
  readonly tellScores?: (scores: ReadonlyMap<string, Float32Array>) => void;
  /** A stream of the document's seed, of this clip alone. */
  rng(stream: string): Rng;
}

/** A term that a clip adds to the loss. Steps are the clip's own, from 0. */
export interface LossTerm {
  /** One of the names in the `parts` of the block's words; different from those of the clip's other terms and figures. */
  readonly name: string;
  /**
   * Share of the supervision that it takes over from the task's own loss, in [0, 1]: that keeps `max(0, 1 - sum of shares)`.
   * 0 by default, as of a regularizer.
   */
  share?(step: number): number;
  /** Nodes of the student whose outputs `compute` reads. */
  readonly taps?: readonly string[];
  /** Runs before the tape opens: a teacher's outputs. The step disposes what it returns. */
  prepare?(batch: Batch, step: number): Tensor[];
  /** The term, already multiplied by its share or weight. Inside the tape. */
  compute(output: BatchOutput, prepared: readonly Tensor[], step: number): Scalar;
}

/** What a clip tells of each step besides its loss. */
export interface StepFigure {
  /** One of the names in the `parts` of the block's words. */
  readonly name: string;
  /** After the update of the step. */
  read(): Scalar;
}

/** One clip at work. Hooks run in this order; each is optional. Steps are the clip's own, from 0. */
export interface ClipRun {
  /** How many decisions fall within the clip, the first at its start: at `r * steps * endFraction / rounds`. */
  readonly rounds?: { readonly count: number; readonly endFraction: number };
  /** Once, before the first step. Not called again when a run resumes inside the clip. */
  onBegin?(model: ModelAccess): Promise<void>;
  /** Decision `round` of `rounds.count`, before the step it falls on. */
  onRound?(round: number, model: ModelAccess): Promise<void>;
  /** Before each step: what the clip asks of it. */
  onStep?(step: number, model: ModelAccess): void;
  /** Terms of the loss while the clip lasts. */
  readonly losses?: readonly LossTerm[];
  /** The optimizer at a step, of a train clip. */
  optimizer?(step: number): OptimizerSettings;
  /**
   * Inside the tape of each training step: the value that the network computes with in place of `value`, the effective
   * value of a parameter (noise). Called for every parameter; answer `value` for those that are not meant.
   */
  parameter?(name: string, value: Tensor, step: number): Tensor;
  /** The same of the raw value, after its mask and before its quantizer: soft masks and gates, which keep to the grid. */
  latent?(name: string, value: Tensor, step: number): Tensor;
  /**
   * Computes a node of the network in place of its operation, inside the tape: noise on what a layer puts out, a layer
   * that is skipped (`inputs[0]`). Undefined for nodes that are not meant. Where several clips answer, each sees as the
   * computation what the one before made of it.
   */
  layer?(node: Node, call: LayerCall, step: number): Tensor | undefined;
  /** Likewise of a node's output: gates, gradients that are pruned on their way back. After quantization. */
  output?(nodeId: string, value: Tensor, step: number): Tensor;
  /**
   * False of a parameter that stays as it is in this step; it trains where every clip at work lets it. What stays is no
   * variable of the step: value, moments, moving statistics and ranges are the same bytes afterwards, and its batch
   * normalization computes as in the file. Asked of moving statistics too.
   */
  trains?(name: string, step: number): boolean;
  /**
   * What batch normalization computes with: the batch's statistics, or the moving ones, which follow the batches
   * (`moving`) or stay (`frozen`). Of several clips the strictest counts. The batch's by default.
   */
  statistics?(step: number): StatisticsMode | undefined;
  /**
   * The network that this clip would leave if it ended now, of the one that trains: without its noise, with its soft
   * masks decided. Pure; arrays that do not change are the same objects.
   */
  view?(snapshot: Snapshot): Snapshot | Promise<Snapshot>;
  /** Between the gradients and the update. */
  beforeUpdate?(updates: ParameterUpdates, step: number): void;
  /** After the update. Masks need nothing here: masked weights stay 0 by themselves. */
  afterUpdate?(step: number, model: ModelAccess, optimizer: OptimizerSettings): void;
  /** Figures of each step that are charted beside the losses and are no part of them; the run disposes what it reads. */
  readonly figures?: readonly StepFigure[];
  /** Once, after the last step; materialize what lasts and free what was allocated. Also called when a run stops early. */
  onEnd?(model: ModelAccess, reason: "finished" | "stopped"): Promise<void>;
  /** What `resume` needs. */
  state?(): ClipState;
  /** Networks that `resume` needs besides: the best one found so far. */
  snapshots?(): ReadonlyMap<string, Snapshot>;
  resume?(state: ClipState, model: ModelAccess, snapshots: ReadonlyMap<string, Snapshot>): void;
}

export type BlockImplementation<S extends ParamSchema = ParamSchema> = (context: ClipContext<S>) => ClipRun;
