import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

const { rounds, targets, roundTo, accuracyGuard } = structuredWords;

export const words: BlockWords<typeof meta.params> = {
  label: w("Learned importance scores (PDIP)", "重要性得分学习剪枝（PDIP）"),
  summary: w(
    "Learns a factor in (0, 1) for each unit together with the weights, under a pull towards 0; at the end of each round the units with the smallest factors go.",
    "与权重一同为每个单元学习 (0, 1) 内的因子并施加趋零惩罚，每轮结束时去除因子最小的单元。",
  ),
  parts: {
    "mean-score": w("mean score", "平均得分"),
  },
  params: {
    perRound: { label: w("Removed in each round", "每轮去除比例") },
    rounds,
    strength: { label: w("Strength of the pull to 0", "趋零惩罚强度") },
    scoreRate: { label: w("Learning rate of scores, times", "得分学习率倍数") },
    targets,
    roundTo,
    accuracyGuard,
  },
};
