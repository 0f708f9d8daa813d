/** For tests only: models of tfjs-layers, the files that it saves, and loading ours with it. */
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import type { Snapshot } from "../../core/snapshot";
import { inferenceModel } from "../../training/evaluate";
import { writeLayersModel } from "./write";

/** Seeded values in every weight, so that no zero bias or unit gamma hides an error; variances are positive. */
export function randomWeights(model: tfl.LayersModel): void {
  model.weights.forEach((weight, i) => {
    const values = tf.randomUniform(weight.shape as number[], -0.5, 0.5, "float32", i + 1);
    weight.write(/variance/.test(weight.name) ? tf.add(tf.abs(values), 0.3) : values);
  });
}

export interface SavedFiles {
  /** As JSON.parse of model.json gives it. */
  readonly modelJson: Record<string, unknown> & {
    weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
  };
  readonly files: Map<string, Uint8Array>;
}

/** What `model.save` hands to a download or a folder. */
export async function savedFiles(model: tfl.LayersModel): Promise<SavedFiles> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save({
    save: (artifacts) => {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) });
    },
  });
  const paths = ["group1-shard1of1.bin"];
  const { modelTopology, format, generatedBy, convertedBy, weightSpecs, weightData } = saved!;
  const weightsManifest = [{ paths, weights: weightSpecs }];
  const data = tf.io.CompositeArrayBuffer.join(weightData);
  return {
    modelJson: JSON.parse(
      JSON.stringify({ modelTopology, format, generatedBy, convertedBy, weightsManifest }),
    ) as SavedFiles["modelJson"],
    files: new Map([[paths[0]!, new Uint8Array(data)]]),
  };
}

/** Largest |difference|, relative to the largest |value|. */
export function difference(a: tf.Tensor, b: tf.Tensor): number {
  return tf.tidy(() => {
    const scale = tf.max(tf.abs(b)).dataSync()[0]!;
    return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]! / scale;
  });
}

export const predict = (snapshot: Snapshot, x: tf.Tensor): tf.Tensor =>
  tf.tidy(() => {
    const model = inferenceModel(snapshot);
    const { output } = model.predict(x);
    return snapshot.network.head === "softmax" ? tf.softmax(output) : tf.clone(output);
  });

/** As a page would: model.json with its manifest and one file, through tfjs' own loader. */
export async function loadWritten(snapshot: Snapshot): Promise<tfl.LayersModel> {
  const { modelJson, weights } = writeLayersModel(snapshot, { userMetadata: { made: "here" } });
  const json = JSON.parse(JSON.stringify(modelJson)) as tf.io.ModelJSON;
  const load = () =>
    tf.io.getModelArtifactsForJSON(json, (manifest) =>
      Promise.resolve([manifest.flatMap((group) => group.weights), weights.slice().buffer]),
    );
  return tfl.loadLayersModel({ load });
}
