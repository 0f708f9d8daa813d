import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Activation gradient pruning", "激活梯度剪枝"),
  summary: w(
    "Drops small gradients of activations at random on their way back; only training changes, the network keeps its size.",
    "反向传播时随机舍去较小的激活梯度；只影响训练过程，网络大小不变。",
  ),
  parts: {
    density: w("gradient density", "梯度密度"),
  },
  params: {
    sparsity: { label: w("Gradients below the threshold", "低于阈值的梯度比例") },
    fifo: { label: w("Thresholds averaged over", "阈值滑动平均步数") },
    rounding: {
      label: w("Those below it become", "低于阈值者"),
      options: { stochastic: w("0 or the threshold, unbiased", "随机取 0 或阈值（无偏）"), zero: w("0", "置零") },
    },
    ...guardWords,
  },
};
