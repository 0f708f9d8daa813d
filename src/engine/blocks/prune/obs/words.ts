import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { fisherWords } from "../../shared/pruning/fisher-words";
import { scheduleWords, scopeWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Optimal brain surgeon", "最优脑外科（OBS）"),
  summary: w(
    "Removes the weights that cost least by the inverse Hessian, block by block, and moves the others to make up for them.",
    "按分块逆 Hessian 矩阵去除代价最小的权重，并调整其余权重以作补偿。",
  ),
  params: {
    sparsity: { label: w("Sparsity", "稀疏度") },
    scope: scopeWords,
    blockSize: {
      label: w("Weights of a block (fewer in large networks)", "每块权重数（大型网络会减小）"),
    },
    damping: { label: w("Damping", "阻尼系数") },
    ...fisherWords,
    ...scheduleWords,
  },
};
