import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords, structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Layer-by-layer pruning", "逐层渐进剪枝"),
  summary: w(
    "Prunes one layer after the other, each as far as the validation accuracy allows, and trains on between them.",
    "逐层剪枝：每层剪到验证准确率允许的最大程度，层与层之间继续训练。",
  ),
  params: {
    delta: { label: w("Removed at a try", "每次尝试去除比例") },
    maximumDrop: { label: w("Accuracy that may be lost", "允许损失的准确率") },
    stepsPerLayer: { label: w("Steps for each layer", "每层步数") },
    order: {
      label: w("Order", "次序"),
      options: {
        forward: w("from the input on", "从输入到输出"),
        sensitivity: w("the least sensitive layer first", "最不敏感的层优先"),
      },
    },
    targets: structuredWords.targets,
    roundTo: structuredWords.roundTo,
    ...guardWords,
  },
};
