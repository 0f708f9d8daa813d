/** Words of the parameters in `pruning-schedule.ts`, in both languages. */
import { words } from "#survey/words";

export const scheduleWords = {
  schedule: {
    label: words("Schedule", "剪枝进度"),
    options: {
      "one-shot": words("one-shot", "一次性"),
      iterative: words("iterative", "迭代"),
      agp: words("gradual, cubic (AGP)", "渐进式（AGP）"),
    },
  },
  rounds: { label: words("Rounds", "轮数") },
  growth: {
    label: words("Growth over rounds", "逐轮增长"),
    options: { linear: words("linear", "线性"), geometric: words("geometric", "几何") },
  },
  endFraction: { label: words("Last decision at", "最后一次剪枝位置") },
} as const;

export const scopeWords = {
  label: words("Rank", "排序范围"),
  options: { local: words("inside each layer", "逐层"), global: words("across the network", "全局") },
} as const;

export const normalizationWords = {
  label: words("Normalize scores", "分数归一化"),
  options: {
    none: words("no", "不归一化"),
    l2: words("by the layer's L2 norm", "按层 L2 范数"),
    mean: words("by the layer's mean", "按层均值"),
  },
} as const;
