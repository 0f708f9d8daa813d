import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords, structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Variational channel distribution", "变分通道分布剪枝（VCD）"),
  summary: w(
    "Learns a mean and a variance of each scale of batch normalization; at its end the channels whose scale is mostly noise are removed.",
    "学习批归一化各缩放因子的均值与方差；片段结束时去除缩放因子以噪声为主的通道。",
  ),
  parts: {
    divergence: w("divergence from the prior", "与先验的散度"),
  },
  params: {
    mode: {
      label: w("Variance", "方差度量"),
      options: { relative: w("relative to the squared mean", "相对于均值平方"), absolute: w("as it is", "绝对方差") },
    },
    threshold: { label: w("Removed from a variance of", "去除的方差阈值") },
    strength: { label: w("Strength of the prior", "先验强度 β") },
    initialVariance: { label: w("Variance at the start", "初始方差") },
    varianceRate: { label: w("Learning rate of variances, times", "方差学习率倍数") },
    roundTo: structuredWords.roundTo,
    ...guardWords,
  },
};
