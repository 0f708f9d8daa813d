import type { Network } from "../core/network";
import { networkBuilder } from "../zoo/builder";

/** `stem`, then `sum` = stem + `branch`(stem), then logits: one output that two nodes read. */
export function residualNetwork(): Network {
  const b = networkBuilder("residual", [6, 6, 1]);
  const conv = (from: string, id: string) => b.conv2d(from, { filters: 4, kernelSize: 3, useBias: true }, id);
  const stem = conv(b.input, "stem");
  const sum = b.add([stem, conv(stem, "branch")], "sum");
  return b.build(b.dense(b.flatten(sum), { units: 3 }, "logits"));
}
