import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { normalizationWords, scheduleWords, scopeWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Magnitude pruning", "幅值剪枝"),
  summary: w(
    "Removes the weights that are smallest in absolute value; the mask stays when the clip ends.",
    "去除绝对值最小的权重；片段结束后掩码保持不变。",
  ),
  params: {
    sparsity: { label: w("Sparsity", "稀疏度") },
    scope: scopeWords,
    normalization: normalizationWords,
    ...scheduleWords,
  },
};
