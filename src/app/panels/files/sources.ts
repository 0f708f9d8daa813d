/**
 * What is known of the network and the data that a document names: what they are called, whether they are here, whether
 * they fit each other. And the edits that change them.
 */
import { type TaskId, taskFacts } from "../../../engine/tasks/metrics/task-ids";
import type { TimelineDocument } from "../../../engine/document/document";
import type { Edit } from "../../edits/clip-edits";
import { setDataset, setModelSource } from "../../edits/document-edits";
import type { SourceFacts } from "../../stores/files-store";
import type { LibraryState } from "../../stores/library-store";

export type Library = Pick<LibraryState, "zoo" | "datasets" | "stored">;
export type Facts = Readonly<Record<string, SourceFacts>>;

export interface NetworkShape {
  readonly inputShape: readonly number[];
  readonly outputs: number;
}
export interface DataShape {
  readonly shape: readonly number[];
  readonly classes: number;
  /** Classification where it is not said, as of a user's file. */
  readonly task?: TaskId;
}

/** Numbers that a network must give for one example. */
const outputsFor = ({ shape, classes, task = "classification" }: DataShape): number =>
  sizeOf(taskFacts[task].outputShape(shape, classes));

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);
/** `[28, 28, 1]` -> `28 × 28 × 1` */
export const shapeText = (shape: readonly number[]): string => shape.join(" × ");

/** `file:digits-0123456789ab/digits.npz` -> `digits`: the folder's name without the digest that the engine adds. */
export const storedName = (source: string): string =>
  source
    .replace(/^file:/, "")
    .split("/", 1)[0]!
    .replace(/-[0-9a-f]{12}$/, "");

export interface NetworkChoice {
  readonly name: string;
  readonly parameters: number | null;
  readonly trained: boolean;
  /** Null where it is not known; a network that is built anew fits any data. */
  readonly shape: NetworkShape | null;
}

export function networkOf(source: string, { zoo, datasets }: Library, facts: Facts): NetworkChoice {
  const [kind, ref = ""] = source.split(/:(.*)/s);
  if (kind === "build") return { name: ref, parameters: null, trained: false, shape: null };
  if (kind === "zoo") {
    const entry = zoo.find(({ id }) => id === ref);
    const data = datasets.find(({ id }) => id === entry?.dataset);
    const shape = data
      ? { inputShape: data.shape, outputs: outputsFor({ ...data, classes: data.classes.length }) }
      : null;
    return { name: entry?.build ?? ref, parameters: entry?.parameters ?? null, trained: true, shape };
  }
  const known = facts[source];
  return known?.kind === "network"
    ? { name: known.name, parameters: known.parameters, trained: true, shape: known }
    : { name: storedName(source), parameters: null, trained: true, shape: null };
}

export interface DataChoice {
  readonly name: string;
  readonly counts: { readonly train: number; readonly test: number } | null;
  readonly shape: DataShape | null;
}

export function dataOf(id: string, { datasets }: Library, facts: Facts): DataChoice {
  const shipped = datasets.find((info) => info.id === id);
  if (shipped) {
    const { title, counts, shape, classes, task } = shipped;
    return { name: title, counts, shape: { shape, classes: classes.length, task } };
  }
  const known = facts[id];
  return known?.kind === "dataset"
    ? { name: known.name, counts: known, shape: known }
    : { name: id.startsWith("file:") ? storedName(id) : id, counts: null, shape: null };
}

export interface Mismatch {
  readonly what: "mismatchImages" | "mismatchClasses";
  readonly network: string;
  readonly data: string;
}

/** Null where they fit, and where too little is known to say. The engine asks the same before it runs. */
export function mismatchOf(network: NetworkShape | null, data: DataShape | null): Mismatch | null {
  if (!network || !data) return null;
  if (sizeOf(network.inputShape) !== sizeOf(data.shape)) {
    return { what: "mismatchImages", network: shapeText(network.inputShape), data: shapeText(data.shape) };
  }
  if (network.outputs !== outputsFor(data)) {
    return { what: "mismatchClasses", network: `${network.outputs}`, data: `${outputsFor(data)}` };
  }
  return null;
}

export interface MissingFile {
  readonly kind: "network" | "data";
  readonly source: string;
}

/** Files of the user's that a document names and this browser does not have. */
export function missingFiles(
  { model, dataset }: TimelineDocument,
  stored: readonly { readonly source: string }[],
): MissingFile[] {
  const isMissing = (source: string) => source.startsWith("file:") && !stored.some((item) => item.source === source);
  return [
    ...(isMissing(model.source) ? [{ kind: "network", source: model.source } as const] : []),
    ...(isMissing(dataset.id) ? [{ kind: "data", source: dataset.id } as const] : []),
  ];
}

/** Other data; where it holds fewer images than the document draws, all of them are used. */
export const chooseData =
  (id: string, counts: DataChoice["counts"]): Edit =>
  (document) => {
    const { train, test } = document.dataset;
    const tooMany = (wanted: number | undefined, there: number | undefined) =>
      wanted !== undefined && there !== undefined && wanted > there;
    return setDataset({
      id,
      ...(tooMany(train, counts?.train) ? { train: undefined } : {}),
      ...(tooMany(test, counts?.test) ? { test: undefined } : {}),
    })(document);
  };

/** A network; where it was trained on other data, that too, as one edit. */
export const chooseNetwork =
  (source: string, data?: { readonly id: string; readonly counts: DataChoice["counts"] }): Edit =>
  (document) =>
    setModelSource(source)(
      data && data.id !== document.dataset.id ? chooseData(data.id, data.counts)(document) : document,
    );
