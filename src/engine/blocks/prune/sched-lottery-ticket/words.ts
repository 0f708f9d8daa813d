import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Lottery ticket", "彩票假设剪枝"),
  summary: w(
    "Trains, removes the smallest weights, rewinds the others to their early values and trains again, round by round.",
    "训练后去除最小的权重，将其余权重回退到早期取值再重新训练，如此多轮进行。",
  ),
  params: {
    rounds: { label: w("Rounds", "轮数") },
    perRound: { label: w("Removed of what is left in each round", "每轮去除剩余权重的比例") },
    outputPerRound: { label: w("The same, in the output layer", "输出层每轮去除比例") },
    rewindStep: { label: w("Rewind to step", "回退到的步数") },
    reset: {
      label: w("What is reset", "重置内容"),
      options: {
        weights: w("the weights", "权重"),
        "learning-rate": w("the learning rate alone", "仅学习率"),
        random: w("the weights, at last to random ones (control)", "权重，最后一轮随机初始化（对照）"),
      },
    },
    optimizer: {
      label: w("Optimizer", "优化器"),
      options: { adam: w("Adam", "Adam"), sgd: w("SGD with momentum", "带动量 SGD") },
    },
    learningRate: { label: w("Learning rate", "学习率") },
    learningRateSchedule: {
      label: w("Schedule of each round", "每轮学习率调度"),
      options: {
        constant: w("constant", "恒定"),
        cosine: w("cosine to 5 %", "余弦衰减至 5%"),
        linear: w("linear to 5 %", "线性衰减至 5%"),
        step: w("steps", "阶梯"),
      },
    },
    momentum: { label: w("Momentum (SGD)", "动量（SGD）") },
    ...guardWords,
  },
};
