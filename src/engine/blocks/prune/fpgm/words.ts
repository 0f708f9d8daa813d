import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Filter pruning, geometric median", "几何中位数滤波器剪枝"),
  summary: w(
    "Removes the filters nearest to all others of their layer: the rest can stand in for them, whatever their norm.",
    "去除与同层其他滤波器总距离最小的滤波器：它们最容易被其余滤波器替代，与范数大小无关。",
  ),
  params: {
    ...structuredWords,
    distance: {
      label: w("Distance", "距离"),
      options: { l2: w("Euclidean (L2)", "欧氏距离（L2）"), l1: w("sum of differences (L1)", "绝对差之和（L1）") },
    },
  },
};
