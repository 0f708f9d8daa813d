/** Words of the parameters in `pruning-schedule.ts`, in both languages. */
import { words } from "#survey/words";

export const guardWords = {
  accuracyGuard: { label: words("Largest accuracy drop (1: no guard)", "允许的最大准确率下降（1 表示不设限）") },
} as const;

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
  ...guardWords,
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

export const structuredWords = {
  sparsity: { label: words("Filters removed", "滤波器去除比例") },
  scope: scopeWords,
  targets: {
    label: words("What may go", "剪枝对象"),
    options: {
      filters: words("filters of convolutions", "卷积滤波器"),
      "filters-and-units": words("filters and hidden units", "滤波器与隐藏单元"),
      units: words("hidden units of dense layers", "全连接隐藏单元"),
    },
  },
  roundTo: { label: words("Keep multiples of", "保留数取整倍数") },
  ...scheduleWords,
} as const;
