/** For tests only: how good a snapshot of the tiny network still is. */
import type { Snapshot } from "../../../core/snapshot";
import { tinyImages, tinyTestCount } from "../../../run/tiny.testing";
import { evaluate } from "../../../tasks/classification";
import { inferenceModel } from "../../../training/evaluate";

/** On the test images; a fraction in [0, 1]. */
export async function accuracyOf(snapshot: Snapshot): Promise<number> {
  const model = inferenceModel(snapshot);
  try {
    return (await evaluate(model, tinyImages(tinyTestCount, "test"))).accuracy;
  } finally {
    model.dispose();
  }
}
