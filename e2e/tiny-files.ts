/**
 * A network and data that nobody at the studio made: a tfjs LayersModel, written by tfjs itself, and an NPZ. Small enough
 * to be trained on a software GPU.
 */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { strToU8, zipSync } from "fflate";

export interface TinyFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const size = 8;
const classes = 4;

const file = (name: string, bytes: Uint8Array): TinyFile => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(bytes),
});

/** model.json and its weights. */
export async function tinyModel(): Promise<readonly TinyFile[]> {
  await tf.setBackend("cpu");
  const seeded = (seed: number) => layers.initializers.glorotUniform({ seed });
  const model = layers.sequential({
    layers: [
      layers.layers.conv2d({
        inputShape: [size, size, 1],
        filters: 4,
        kernelSize: 3,
        activation: "relu",
        kernelInitializer: seeded(1),
      }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.flatten(),
      layers.layers.dense({ units: classes, activation: "softmax", kernelInitializer: seeded(2) }),
    ],
  });
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler((artefacts) => {
      saved = artefacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } });
    }),
  );
  const weights = new Uint8Array(saved!.weightData as ArrayBuffer);
  const json = {
    modelTopology: saved!.modelTopology,
    format: "layers-model",
    weightsManifest: [{ paths: ["weights.bin"], weights: saved!.weightSpecs }],
  };
  return [file("model.json", strToU8(JSON.stringify(json))), file("weights.bin", weights)];
}

/** Bright quarters of an image, one for each class, under a pattern of noise. */
function images(count: number, from: number): { readonly x: Uint8Array; readonly y: Uint8Array } {
  const x = new Uint8Array(count * size * size);
  const y = Uint8Array.from({ length: count }, (_, n) => n % classes);
  for (let n = 0; n < count; n++) {
    for (let at = 0; at < size * size; at++) {
      const quarter = 2 * Number(at >= (size * size) / 2) + Number(at % size >= size / 2);
      const noise = ((n + from) * 7919 + at * 104_729) % 97;
      x[n * size * size + at] = noise + (quarter === y[n] ? 120 : 0);
    }
  }
  return { x, y };
}

/** NumPy's format, version 1.0: magic, header length, header, values. */
function npy(values: Uint8Array, shape: readonly number[]): Uint8Array {
  const dict = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11) + "\n";
  const head = [0x93, ...strToU8("NUMPY"), 1, 0, header.length & 255, header.length >> 8, ...strToU8(header)];
  return Uint8Array.from([...head, ...values]);
}

export function tinyData(): TinyFile {
  const [train, test] = [images(200, 0), images(40, 1000)];
  return file(
    "quarters.npz",
    zipSync({
      "x_train.npy": npy(train.x, [200, size, size]),
      "y_train.npy": npy(train.y, [200]),
      "x_test.npy": npy(test.x, [40, size, size]),
      "y_test.npy": npy(test.y, [40]),
    }),
  );
}
