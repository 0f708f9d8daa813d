import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Filter pruning, L1 norm", "L1 范数滤波器剪枝"),
  summary: w(
    "Removes the filters with the smallest sum of absolute weights, and everything that reads them: the network gets smaller.",
    "去除权重绝对值之和最小的滤波器及其后续连接，网络真正变小。",
  ),
  params: {
    ...structuredWords,
    weights: {
      label: w("Norm of", "范数取自"),
      options: {
        raw: w("the kernel", "卷积核"),
        "bn-folded": w("the kernel with batch norm folded", "折叠批归一化后的卷积核"),
      },
    },
  },
};
