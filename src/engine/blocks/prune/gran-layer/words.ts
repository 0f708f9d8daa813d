import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Layer pruning", "层剪枝"),
  summary: w(
    "Removes whole residual blocks, those that change what passes through them least. A clip with length removes one block at a time.",
    "整块去除残差块，先去除对所经特征改变最小的块；有长度的片段每次去除一块。",
  ),
  params: {
    count: { label: w("Blocks removed", "去除块数") },
    score: {
      label: w("Score", "评分"),
      options: {
        "relative-change": w("how much the block changes its input", "块对输入的相对改变量"),
        accuracy: w("validation accuracy without the block", "去除该块后的验证准确率"),
      },
    },
    images: { label: w("Images", "图像数") },
    endFraction: { label: w("Last decision at", "最后一次剪枝位置") },
    ...guardWords,
  },
};
