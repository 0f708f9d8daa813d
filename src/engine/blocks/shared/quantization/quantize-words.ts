/** Words of the parameters in `quantize-params.ts`, in both languages. */
import { words } from "#survey/words";

export const weightWords = {
  wBits: { label: words("Weight bits", "权重位宽") },
  edgeBits: { label: words("First and last layer bits", "首末层位宽") },
  granularity: {
    label: words("Scale for each", "缩放粒度"),
    options: { channel: words("output channel", "输出通道"), tensor: words("tensor", "张量") },
  },
} as const;

export const foldBnWords = {
  label: words("Fold batch normalization", "折叠批归一化"),
  options: { start: words("at the start", "在开始时"), file: words("in the file only", "仅在文件中") },
} as const;

export const activationBitsWords = { label: words("Activation bits (32 is off)", "激活位宽（32 为不量化）") } as const;

export const calibrationWords = {
  calibration: {
    label: words("Range from", "量程校准"),
    options: {
      minmax: words("minimum and maximum", "最小值与最大值"),
      percentile: words("a percentile", "百分位"),
      mse: words("least squared error", "最小均方误差"),
    },
  },
  percentile: { label: words("Percentile", "百分位数") },
} as const;

export const imagesWords = { label: words("Calibration images", "校准图像数") } as const;
