import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { scheduleWords, scopeWords } from "../../shared/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Filter pruning, L1 norm", "L1 范数滤波器剪枝"),
  summary: w(
    "Removes the filters with the smallest sum of absolute weights, and everything that reads them: the network gets smaller.",
    "去除权重绝对值之和最小的滤波器及其后续连接，网络真正变小。",
  ),
  params: {
    sparsity: { label: w("Filters removed", "滤波器去除比例") },
    scope: scopeWords,
    targets: {
      label: w("What may go", "剪枝对象"),
      options: {
        filters: w("filters of convolutions", "卷积滤波器"),
        "filters-and-units": w("filters and hidden units", "滤波器与隐藏单元"),
        units: w("hidden units of dense layers", "全连接隐藏单元"),
      },
    },
    weights: {
      label: w("Norm of", "范数取自"),
      options: {
        raw: w("the kernel", "卷积核"),
        "bn-folded": w("the kernel with batch norm folded", "折叠批归一化后的卷积核"),
      },
    },
    roundTo: { label: w("Keep multiples of", "保留数取整倍数") },
    ...scheduleWords,
  },
};
