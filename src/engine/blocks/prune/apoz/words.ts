import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Pruning of silent units (APoZ)", "零激活单元剪枝（APoZ）"),
  summary: w(
    "Removes the filters or hidden units whose activation is zero most often over training images.",
    "去除在训练图像上激活值最常为零的滤波器或隐藏单元。",
  ),
  params: {
    ...structuredWords,
    choose: {
      label: w("What goes", "去除规则"),
      options: {
        fraction: w("the given fraction", "给定的比例"),
        threshold: w("units far above their layer's mean", "零点比例远高于层均值的单元"),
      },
    },
    deviations: { label: w("Standard deviations above the mean", "高于均值的标准差倍数") },
    images: { label: w("Images", "图像数") },
  },
};
