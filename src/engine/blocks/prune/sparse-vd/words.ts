import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Sparse variational dropout", "稀疏变分随机失活"),
  summary: w(
    "Learns a noise variance for each weight and removes at the end those that are noise nearly always.",
    "为每个权重学习噪声方差，并在结束时去除几乎总被噪声淹没的权重。",
  ),
  parts: {
    divergence: w("divergence from the prior", "与先验的散度"),
  },
  params: {
    strength: { label: w("Weight of the prior at the end", "先验项最终权重") },
    warmup: { label: w("Share of the steps until then", "权重升至最终值所占步数比例") },
    threshold: { label: w("Removed above log alpha of", "去除阈值 log α") },
    initialLogVariance: { label: w("Log variance at the start", "初始对数方差") },
    varianceRate: { label: w("Learning rate of variances, times", "方差学习率倍数") },
    ...guardWords,
  },
};
