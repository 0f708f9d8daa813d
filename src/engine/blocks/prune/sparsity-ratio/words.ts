import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Channel pruning, sparsity ratio", "通道稀疏度剪枝"),
  summary: w(
    "Removes the channels of which a large share of weights is smaller than the layer's mean magnitude.",
    "去除稀疏度高的通道，即大部分权重小于该层平均幅值的通道。",
  ),
  params: {
    ...structuredWords,
    choose: {
      label: w("What goes", "去除规则"),
      options: {
        threshold: w("channels above the threshold", "稀疏度超过阈值的通道"),
        fraction: w("the given fraction", "给定的比例"),
      },
    },
    threshold: { label: w("Sparsity from which a channel goes", "通道稀疏度阈值") },
    meanOver: {
      label: w("Mean magnitude of", "平均幅值取自"),
      options: { layer: w("the layer", "整层"), channel: w("the channel", "单个通道") },
    },
  },
};
