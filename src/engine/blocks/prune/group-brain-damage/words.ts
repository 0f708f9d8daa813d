import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords, scheduleWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Group-wise brain damage", "分组脑损伤"),
  summary: w(
    "Trains with a penalty on each kernel position over all filters and removes the smallest positions round by round.",
    "训练时对所有滤波器共享的卷积核位置施加组惩罚，并逐轮去除范数最小的位置。",
  ),
  parts: {
    "group-penalty": w("group penalty", "分组惩罚项"),
  },
  params: {
    strength: { label: w("Strength of the penalty", "惩罚强度") },
    perRound: { label: w("Positions removed in each round", "每轮去除的位置比例") },
    rounds: { label: w("Rounds", "轮数") },
    endFraction: scheduleWords.endFraction,
    keepPositions: { label: w("Positions that stay in each channel", "每个通道保留的位置数") },
    ...guardWords,
  },
};
