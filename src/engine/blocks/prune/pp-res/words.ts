import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords, structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Learned progressive masks", "可学习渐进掩码剪枝（PP-Res）"),
  summary: w(
    "Trains a soft mask for each channel that turns ever more into on or off, under a penalty on what is on; at its end the channels that are off are removed.",
    "为每个通道训练软掩码，使其逐渐趋于开或关，并对开启的通道施加惩罚；片段结束时去除关闭的通道。",
  ),
  parts: {
    "channels-on": w("channels that are on", "开启通道惩罚项"),
    "share-on": w("share of channels on", "开启通道比例"),
  },
  params: {
    aim: {
      label: w("What is given", "给定目标"),
      options: {
        sparsity: w("the share removed", "去除比例"),
        strength: w("the strength of the penalty", "惩罚强度"),
      },
    },
    sparsity: { label: w("Channels removed, about", "通道去除比例（约）") },
    strength: { label: w("Strength of the penalty", "惩罚强度 λ") },
    steepness: { label: w("Steepness of the masks at the end", "掩码最终陡度 k") },
    hardFrom: { label: w("Masks are on or off from", "硬掩码起始位置") },
    initialScore: { label: w("Score at the start", "初始得分 θ") },
    scoreRate: { label: w("Learning rate of scores, times", "得分学习率倍数") },
    targets: structuredWords.targets,
    ...guardWords,
  },
};
