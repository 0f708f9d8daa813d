import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { fisherWords } from "../../shared/pruning/fisher-words";
import { scheduleWords, scopeWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Optimal brain damage", "最优脑损伤（OBD）"),
  summary: w(
    "Removes the weights without which the training loss rises least, by the diagonal of its second derivatives.",
    "按损失函数二阶导数的对角线估计，去除使训练损失增加最少的权重。",
  ),
  params: {
    sparsity: { label: w("Sparsity", "稀疏度") },
    scope: scopeWords,
    ...fisherWords,
    ...scheduleWords,
  },
};
