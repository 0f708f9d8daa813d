import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Filter pruning, L2 norm", "L2 范数滤波器剪枝"),
  summary: w(
    "Removes the filters with the smallest Euclidean norm: many small weights count less than a few large ones.",
    "去除欧氏范数最小的滤波器：与许多小权重相比，少数大权重更受保护。",
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
