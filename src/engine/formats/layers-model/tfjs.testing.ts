/** For tests only: models of tfjs-layers, and the files that it saves. */
import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";

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
