/** What units of channel groups put out for images: where that is read, and sums of it over places. */
import { consumersOf } from "../../../core/network";
import type { Snapshot } from "../../../core/snapshot";
import type { ChannelGroup } from "../../../surgery/channel-groups";
import { foldBatchNorm } from "../../../surgery/fold-batch-norm";
import type { OutputBatch } from "../../block";

export interface UnitOutput {
  readonly node: string;
  /** Channel -> unit of the group; -1 for none of it. */
  readonly unitOf: Int32Array;
}

export interface UnitOutputs {
  /** Batch normalization folded, where it folds: the outputs are what a removal makes 0. */
  readonly snapshot: Snapshot;
  /** Of each group in turn: the layers that make its units. */
  readonly outputs: readonly (readonly UnitOutput[])[];
  /** The nodes of all of them, each once. */
  readonly nodeIds: readonly string[];
}

/** @param groups of the snapshot's network, before folding */
export function unitOutputs(snapshot: Snapshot, groups: readonly ChannelGroup[]): UnitOutputs {
  const folded = foldBatchNorm(snapshot);
  const consumers = consumersOf(folded.network);
  // Batch normalization that cannot fold (behind a codebook) still makes what the unit puts out.
  const behindNorms = (id: string): string => {
    const [reader, ...others] = consumers.get(id)!;
    return reader?.op === "batch-norm" && others.length === 0 ? behindNorms(reader.id) : id;
  };
  const outputs = groups.map(({ producers, slices }) =>
    producers.map((producer) => {
      const made = slices.find(({ node, role, side }) => node === producer && role === "kernel" && side === "makes");
      return { node: behindNorms(producer), unitOf: made!.unitOf };
    }),
  );
  return { snapshot: folded, outputs, nodeIds: [...new Set(outputs.flat().map(({ node }) => node))] };
}

/**
 * Mean magnitudes of the units of each group, from batches of the outputs of the nodes that make them.
 * @param groups of which `outputs` tells the layers
 */
export function unitMagnitudes(groups: readonly ChannelGroup[], outputs: UnitOutputs["outputs"]) {
  const sums = groups.map(({ units }) => new MeanMagnitudes(units));
  return {
    /** @param factors of each value; 1 by default */
    add(batch: OutputBatch, factors?: Float32Array): void {
      outputs.forEach((made, g) => {
        for (const { node, unitOf } of made) if (node === batch.nodeId) sums[g]!.add(batch, unitOf, factors);
      });
    },
    means: (): Float32Array[] => sums.map((sum) => sum.means()),
  };
}

/**
 * Means over images of |sum|, the sum over places and over the layers that make a unit: what an image adds for one
 * unit may cancel, what different images add may not.
 */
export class MeanMagnitudes {
  readonly #units: number;
  readonly #magnitudes: Float64Array;
  #batch = new Float64Array(0);
  #firstImage = -1;
  #images = 0;

  constructor(units: number) {
    this.#units = units;
    this.#magnitudes = new Float64Array(units);
  }

  /** @param factors of each value, such as its gradient; 1 by default */
  add({ shape, values, firstImage }: OutputBatch, unitOf: Int32Array, factors?: Float32Array): void {
    const images = shape[0]!;
    if (firstImage !== this.#firstImage) {
      this.#close();
      this.#batch = new Float64Array(images * this.#units);
      this.#firstImage = firstImage;
    }
    const channels = unitOf.length;
    const places = values.length / (images * channels);
    let i = 0;
    for (let n = 0; n < images; n++) {
      const from = n * this.#units;
      for (let p = 0; p < places; p++) {
        for (let c = 0; c < channels; c++, i++) {
          const unit = unitOf[c]!;
          if (unit >= 0) this.#batch[from + unit]! += factors ? values[i]! * factors[i]! : values[i]!;
        }
      }
    }
  }

  #close(): void {
    for (let i = 0; i < this.#batch.length; i++) this.#magnitudes[i % this.#units]! += Math.abs(this.#batch[i]!);
    this.#images += this.#batch.length / this.#units;
    this.#batch = new Float64Array(0);
  }

  /** Zeros before any image. Nothing may be added afterwards. */
  means(): Float32Array {
    this.#close();
    return Float32Array.from(this.#magnitudes, (sum) => (this.#images > 0 ? sum / this.#images : 0));
  }
}
