/** Data sets that are made from one of the catalogue by a rule and a seed: nothing of them is stored or fetched. */
import { openCatalogueDataset } from "./catalogue-dataset";
import { canvas, digitScenes } from "./digit-scenes";
import { checkCount, dataStream, drawIndices } from "./draw";
import type { CatalogueId, GeneratedId, Split } from "./manifest";
import type { DatasetInfo, DatasetPorts, DatasetSource, LabelledImages } from "./source";

interface Generated {
  readonly base: CatalogueId;
  /** Of the rule, apart from a document's: everybody has the same examples. */
  readonly seed: number;
  /** How many of the base's images each split is made from, drawn by the rule's seed. */
  readonly from: Readonly<Record<Split, number>>;
  /** What it is, but for its classes, which may follow from the base's. */
  readonly info: Omit<DatasetInfo, "id" | "classes" | "licence" | "origin">;
  classes(base: DatasetInfo): readonly string[];
  make(base: LabelledImages, seed: number, split: Split, numbers: ArrayLike<number>): LabelledImages;
}

const generated: { readonly [Id in GeneratedId]: Generated } = {
  "digit-seg": {
    base: "mnist",
    seed: 1,
    from: { train: 10_000, validation: 2_000, test: 5_000 },
    info: {
      title: "Digit scenes",
      task: "segmentation",
      shape: [canvas, canvas, 1],
      counts: { train: 10_000, validation: 1_000, test: 2_000 },
      // Of the 10,000 scenes of the train split.
      mean: 0.046851686197918206,
      std: 0.18374242756603668,
    },
    classes: ({ classes }) => ["background", ...classes],
    make: digitScenes,
  },
};

/** @throws EngineError `asset-missing`, `asset-corrupt` of the base */
export async function openGeneratedDataset(id: GeneratedId, ports: DatasetPorts): Promise<DatasetSource> {
  const { base, seed, from, info: facts, classes, make } = generated[id];
  const source = await openCatalogueDataset(base, ports);
  const { licence, title, origin } = source.info;
  const info: DatasetInfo = {
    id,
    ...facts,
    classes: classes(source.info),
    licence,
    origin: `made from ${title}: ${origin}`,
  };
  const bases = new Map<Split, Promise<LabelledImages>>();
  return {
    info,
    async load(split, { count, seed: drawn, onProgress }) {
      const available = info.counts[split];
      if (count !== undefined) checkCount(id, split, count, available);
      let images = bases.get(split);
      if (!images) {
        images = source.load(split, { count: from[split], seed, onProgress });
        bases.set(split, images);
        images.catch(() => bases.delete(split));
      }
      const numbers =
        count === undefined
          ? Uint32Array.from({ length: available }, (_, i) => i)
          : drawIndices(available, count, dataStream(drawn));
      return make(await images, seed, split, numbers);
    },
  };
}
