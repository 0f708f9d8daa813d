import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Global sparse momentum", "全局稀疏动量（GSM）"),
  summary: w(
    "Trains by SGD with momentum: gradients reach only the weights that matter most, the others decay and go at the end.",
    "使用带动量的 SGD 训练，仅更新最重要的权重，其余权重逐渐衰减并在结束时去除。",
  ),
  params: {
    sparsity: { label: w("Sparsity of the network", "全网络稀疏度") },
    variant: {
      label: w("How", "方式"),
      options: {
        "sparse-momentum": w("sparse momentum", "稀疏动量"),
        "iterative-magnitude": w("global magnitude in rounds", "多轮全局幅值剪枝"),
      },
    },
    learningRate: { label: w("Learning rate", "学习率") },
    learningRateSchedule: {
      label: w("Schedule", "学习率调度"),
      options: {
        constant: w("constant", "恒定"),
        cosine: w("cosine to 5 %", "余弦衰减至 5%"),
        linear: w("linear to 5 %", "线性衰减至 5%"),
        step: w("steps", "阶梯"),
      },
    },
    momentum: { label: w("Momentum", "动量") },
    weightDecay: { label: w("Weight decay", "权重衰减") },
    rounds: { label: w("Rounds (global magnitude)", "轮数（全局幅值）") },
    ...guardWords,
  },
};
