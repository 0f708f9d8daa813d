import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { normalizationWords, scheduleWords, scopeWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Group pruning of kernel positions", "卷积核位置分组剪枝"),
  summary: w(
    "Removes the same positions of the window in all filters of a convolution, those of smallest L2 norm.",
    "在卷积层的所有滤波器中去除相同的卷积核位置，按 L2 范数从小到大选取。",
  ),
  params: {
    sparsity: { label: w("Positions removed", "去除的位置比例") },
    scope: {
      label: scopeWords.label,
      options: { channel: w("inside each input channel", "逐输入通道"), ...scopeWords.options },
    },
    normalization: normalizationWords,
    ...scheduleWords,
  },
};
