import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

const { rounds, endFraction, targets, roundTo, accuracyGuard } = structuredWords;

export const words: BlockWords<typeof meta.params> = {
  label: w("Importance-aware pruning (DISP)", "直接重要性剪枝（DISP）"),
  summary: w(
    "Removes in rounds the units for which the loss depends least on a gate over their output, compared within each layer's scale. An instant is one round.",
    "逐轮去除损失对其输出门控最不敏感的单元，重要性按层归一化；瞬时片段只执行一轮。",
  ),
  params: {
    perRound: { label: w("Removed in each round", "每轮去除比例") },
    rounds,
    endFraction,
    targets,
    images: { label: w("Images", "图像数") },
    roundTo,
    accuracyGuard,
  },
};
