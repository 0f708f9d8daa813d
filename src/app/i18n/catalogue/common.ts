import { words as w } from "../../../survey/words";

/** Words that several panels use. */
export const common = {
  title: w("Compression Studio", "压缩工作室"),
  close: w("Close", "关闭"),
  cancel: w("Cancel", "取消"),
  remove: w("Remove", "移除"),
  measured: w("measured", "实测"),
  computed: w("computed", "计算值"),
  model: w("Model", "模型"),
  prune: w("Prune", "剪枝"),
  quantize: w("Quantize", "量化"),
  distill: w("Distil", "蒸馏"),
  joint: w("Joint", "联合"),
  train: w("Train", "训练"),
  panelFailed: w("This part of the page has failed.", "页面的这一部分出错了。"),
  panelRetry: w("Draw it again", "重新绘制"),
  panelSafe: w("Your timeline is saved; the rest of the page goes on.", "时间线已保存，页面其余部分仍可使用。"),
} as const;
