import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Fine-tune", "微调"),
  summary: w(
    "Trains on hard labels and sets the optimizer and the learning rate while it lasts.",
    "使用硬标签训练，并在片段期间设定优化器与学习率。",
  ),
  params: {
    optimizer: {
      label: w("Optimizer", "优化器"),
      options: { adam: w("Adam", "Adam"), sgd: w("SGD with momentum", "带动量 SGD") },
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
    momentum: { label: w("Momentum (SGD)", "动量（SGD）") },
  },
};
