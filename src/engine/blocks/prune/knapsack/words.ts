import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords, structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Knapsack pruning", "背包剪枝"),
  summary: w(
    "Keeps the channels worth most in all that fit into a budget of multiply-accumulates: a knapsack problem.",
    "将剪枝视为背包问题：在乘加运算预算内保留总价值最大的通道。",
  ),
  params: {
    budget: { label: w("Budget of MACs that may stay", "保留的乘加运算预算") },
    solver: {
      label: w("Solved by", "求解方法"),
      options: { dp: w("dynamic programming (exact)", "动态规划（精确）"), greedy: w("greedy dropping", "贪心舍弃") },
    },
    targets: structuredWords.targets,
    images: { label: w("Training images looked at", "所用训练图像数") },
    batchSize: { label: w("Images for each gradient", "每个梯度的图像数") },
    roundTo: structuredWords.roundTo,
    ...guardWords,
  },
};
