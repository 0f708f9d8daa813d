import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Joint input and output channels", "输入输出通道联合正则"),
  summary: w(
    "Penalizes a channel by the weights that make it and those that read it together, and removes the channels where both are small, round by round.",
    "将产生某通道与读取该通道的权重合并惩罚，并逐轮去除两者都很小的通道。",
  ),
  parts: {
    "joint-norms": w("norms of joint channels", "联合通道范数"),
  },
  params: {
    ...structuredWords,
    strength: { label: w("Strength of the penalty", "惩罚强度 λ") },
  },
};
