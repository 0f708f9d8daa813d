import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords, structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Structured sparsity learning", "结构化稀疏学习（SSL）"),
  summary: w(
    "Shrinks whole groups of weights towards zero at each step (group lasso); groups that reach zero are removed at the end.",
    "每一步将整组权重向零收缩（组 Lasso），片段结束时去除已归零的组。",
  ),
  params: {
    groups: {
      label: w("Groups", "分组方式"),
      options: {
        filter: w("filters", "滤波器"),
        channel: w("input channels", "输入通道"),
        shape: w("places of the kernel (masked)", "核内位置（掩码）"),
        depth: w("whole layers (masked)", "整层（掩码）"),
      },
    },
    strength: { label: w("Strength of the penalty", "惩罚强度 λ") },
    zeroTolerance: { label: w("Norm that counts as zero", "视为零的范数") },
    roundTo: structuredWords.roundTo,
    ...guardWords,
  },
};
