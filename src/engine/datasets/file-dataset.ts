/**
 * The user's own data set (`file:<path>`): a folder of IDX files, or an .npz with x_train, y_train, x_test, y_test.
 * The end of its train set (one image in twelve, at most 5,000) is kept apart for validation, as in the catalogue.
 */
import { EngineError } from "../core/errors";
import { type Shape, sizeOfShape } from "../core/network";
import type { UserFiles } from "../core/ports";
import { parseIdx } from "../formats/idx";
import { openNpz } from "../formats/npz";
import { isZip } from "../formats/zip";
import { checkCount, dataStream, drawIndices } from "./draw";
import { imagesOf, labelsOf, type RawArray } from "./file-arrays";
import type { Split } from "./manifest";
import type { DatasetInfo, DatasetPorts, DatasetSource, LabelledImages, LoadProgress } from "./source";

/** Largest array that is read, inflated. */
const maxBytes = 2 ** 30;
const validationShare = 12;
const largestValidation = 5000;

interface RawDataset {
  readonly train: { readonly images: RawArray; readonly labels: RawArray };
  readonly test: { readonly images: RawArray; readonly labels: RawArray };
}

/** @throws EngineError saying file, field, expected and got */
export async function openFileDataset(
  id: string,
  ports: DatasetPorts,
  onProgress?: LoadProgress,
): Promise<DatasetSource> {
  const ref = id.slice("file:".length);
  const names = await ports.files.list(ref);
  const raw = names ? await readIdxFolder(ref, names, ports, onProgress) : await readNpz(ref, ports.files, onProgress);
  const sets = checkedSets(raw);
  const info = describe(id, ref, sets);
  return {
    info,
    load(split, { count, seed }) {
      return Promise.resolve().then(() => {
        const all = sets[split];
        if (count === undefined) return { ...all, images: all.images.slice(), labels: all.labels.slice() };
        checkCount(id, split, count, all.count);
        return pick(all, drawIndices(all.count, count, dataStream(seed)));
      });
    },
  };
}

const idxRoles = {
  "train images": /(?:^|[-_.])train-images/,
  "train labels": /(?:^|[-_.])train-labels/,
  "test images": /(?:^|[-_.])(?:t10k|test)-images/,
  "test labels": /(?:^|[-_.])(?:t10k|test)-labels/,
} as const;
type IdxRole = keyof typeof idxRoles;

async function readIdxFolder(
  folder: string,
  names: readonly string[],
  ports: DatasetPorts,
  onProgress: LoadProgress | undefined,
): Promise<RawDataset> {
  let done = 0;
  const read = async (role: IdxRole): Promise<RawArray> => {
    const name = idxFile(folder, names, role);
    const ref = ports.files.sibling(folder, name);
    const bytes = await ports.files.read(ref);
    const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? await ports.gunzip(bytes, maxBytes) : bytes;
    const array = parseIdx(plain, ref);
    onProgress?.(++done, Object.keys(idxRoles).length);
    return { ...array, field: ref };
  };
  return {
    train: { images: await read("train images"), labels: await read("train labels") },
    test: { images: await read("test images"), labels: await read("test labels") },
  };
}

function idxFile(folder: string, names: readonly string[], role: IdxRole): string {
  const found = names.filter((name) => idxRoles[role].test(name));
  // The same file packed and unpacked is no ambiguity.
  const plain = found.filter((name) => !(name.endsWith(".gz") && found.includes(name.slice(0, -".gz".length))));
  const [name] = plain;
  if (name === undefined || plain.length > 1) {
    const example = `${role.startsWith("train") ? "train" : "t10k"}-${role.split(" ")[1]}-idx*-ubyte`;
    const got =
      plain.length > 1 ? plain.join(", ") : names.length === 0 ? "an empty folder" : names.slice(0, 20).join(", ");
    throw new EngineError("invalid-file", `'${folder}': expected one file of ${role} (${example}), got ${got}`);
  }
  return name;
}

async function readNpz(ref: string, files: UserFiles, onProgress: LoadProgress | undefined): Promise<RawDataset> {
  const bytes = await files.read(ref);
  if (!isZip(bytes)) {
    const looksLikeIdx = bytes[0] === 0 && bytes[1] === 0;
    throw new EngineError(
      "invalid-file",
      `'${ref}': expected an .npz file or a folder of IDX files, got ` +
        (looksLikeIdx ? "one IDX file; name the folder that holds all four" : "neither"),
    );
  }
  const npz = openNpz(bytes, ref, maxBytes);
  let done = 0;
  const read = (name: string): RawArray => {
    if (!npz.names.includes(name)) {
      throw new EngineError(
        "invalid-file",
        `'${ref}': expected arrays x_train, y_train, x_test, y_test; ${name} is missing, got ` +
          (npz.names.slice(0, 20).join(", ") || "none"),
      );
    }
    const array = npz.read(name);
    onProgress?.(++done, 4);
    return { shape: array.shape, values: array.values, field: `${ref}/${name}` };
  };
  return {
    train: { images: read("x_train"), labels: read("y_train") },
    test: { images: read("x_test"), labels: read("y_test") },
  };
}

type Sets = Readonly<Record<Split, LabelledImages>> & { readonly classes: number };

function checkedSets({ train, test }: RawDataset): Sets {
  const shape = imageShape(train.images);
  const testShape = imageShape(test.images);
  if (shape.join() !== testShape.join()) {
    throw new EngineError(
      "invalid-file",
      `'${test.images.field}': expected images of [${shape.join(", ")}] as in '${train.images.field}', ` +
        `got [${testShape.join(", ")}]`,
    );
  }
  const trainLabels = labelsOf(train.labels, train.images);
  const testLabels = labelsOf(test.labels, test.images, trainLabels.classes);
  const trainImages = imagesOf(train.images);
  const count = trainLabels.labels.length;
  const kept = count - Math.min(largestValidation, Math.floor(count / validationShare));
  const size = sizeOfShape(shape);
  const part = (from: number, to: number): LabelledImages => ({
    images: trainImages.subarray(from * size, to * size),
    labels: trainLabels.labels.subarray(from, to),
    count: to - from,
    shape,
  });
  return {
    train: part(0, kept),
    validation: part(kept, count),
    test: { images: imagesOf(test.images), labels: testLabels.labels, count: testLabels.labels.length, shape },
    classes: trainLabels.classes,
  };
}

/** `[N, H, W]` gains a channel axis; `[N, D]` stays flat. */
function imageShape({ shape, field }: RawArray): Shape {
  if (shape.length < 2 || shape.length > 4 || shape.some((length) => length < 1)) {
    throw new EngineError(
      "invalid-file",
      `'${field}': expected images [N, H, W], [N, H, W, C] or [N, D] with no axis of 0, got [${shape.join(", ")}]`,
    );
  }
  return shape.length === 3 ? [...shape.slice(1), 1] : shape.slice(1);
}

function pick({ images, labels, shape }: LabelledImages, indices: Uint32Array): LabelledImages {
  const size = sizeOfShape(shape);
  const length = indices.length * size;
  const picked = images instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  indices.forEach((from, to) => picked.set(images.subarray(from * size, (from + 1) * size), to * size));
  return { images: picked, labels: Uint8Array.from(indices, (i) => labels[i]!), count: indices.length, shape };
}

function describe(id: string, ref: string, sets: Sets): DatasetInfo {
  const { images } = sets.train;
  const scale = images instanceof Uint8Array ? 1 / 255 : 1;
  let sum = 0;
  for (const value of images) sum += value;
  const mean = sum / images.length;
  let squares = 0;
  for (const value of images) squares += (value - mean) ** 2;
  return {
    id,
    title: ref.split(/[/\\]/).findLast((part) => part !== "") ?? ref,
    task: "classification",
    shape: sets.train.shape,
    classes: Array.from({ length: sets.classes }, (_, label) => `${label}`),
    counts: { train: sets.train.count, validation: sets.validation.count, test: sets.test.count },
    mean: mean * scale,
    std: Math.sqrt(squares / images.length) * scale,
    licence: "the file's own",
    origin: ref,
  };
}
