import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Channel pruning by attention", "通道注意力剪枝"),
  summary: w(
    "Removes the channels that the network's own squeeze-and-excitation gates shut most on training images. Needs such gates, as cnn-se has them.",
    "去除网络自身挤压激励门控平均值最小的通道；要求网络含有此类门控，如 cnn-se。",
  ),
  params: {
    ...structuredWords,
    images: { label: w("Images", "图像数") },
    weighting: {
      label: w("Score", "评分"),
      options: {
        gate: w("mean gate", "平均门控值"),
        "gate-times-activation": w("mean gate times mean activation", "平均门控值乘以平均激活幅值"),
      },
    },
  },
};
