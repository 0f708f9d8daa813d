import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords, structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Network slimming", "网络瘦身（BN γ 稀疏）"),
  summary: w(
    "While it lasts, an L1 penalty pulls the scales of batch normalization to zero; at its end the channels with the smallest scales of the whole network are removed.",
    "片段期间以 L1 惩罚使批归一化缩放因子趋于零；片段结束时去除全网缩放因子最小的通道。",
  ),
  parts: {
    "gamma-l1": w("L1 of gamma", "γ 的 L1 范数"),
  },
  params: {
    sparsity: { label: w("Channels removed", "通道去除比例") },
    strength: { label: w("Strength of the penalty", "惩罚强度 λ") },
    roundTo: structuredWords.roundTo,
    ...guardWords,
  },
};
