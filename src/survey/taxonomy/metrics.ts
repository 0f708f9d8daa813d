/** Section 1.3: how compression is judged. */
import { words } from "../words";
import type { SurveyNodeContent } from "./node";

export const metrics = {
  metrics: {
    section: "1.3",
    title: words("Metrics", "评价指标"),
    meaning: words(
      "How much smaller, how much faster, and how good the network still is.",
      "小了多少、快了多少、性能还剩多少。",
    ),
  },

  "metrics/compression": {
    parent: "metrics",
    section: "1.3.1",
    title: words("Degree of compression", "压缩程度评价指标"),
    meaning: words("How much smaller the network is.", "网络小了多少。"),
  },
  "metrics/parameters-removed": {
    parent: "metrics/compression",
    section: "1.3.1",
    title: words("Parameters removed", "参数减少量"),
    meaning: words("The number of parameters that are gone.", "被去除的参数个数。"),
  },
  "metrics/compression-ratio": {
    parent: "metrics/compression",
    section: "1.3.1",
    title: words("Compression ratio", "压缩率"),
    meaning: words(
      "Storage of the original's parameters divided by that of the compressed network's (equation 1).",
      "原模型参数存储量与压缩后模型参数存储量之比（式 1）。",
    ),
  },

  "metrics/acceleration": {
    parent: "metrics",
    section: "1.3.2",
    title: words("Acceleration", "加速效果评价指标"),
    meaning: words("How much faster the network is.", "网络快了多少。"),
  },
  "metrics/flops": {
    parent: "metrics/acceleration",
    section: "1.3.2",
    title: words("Floating point operations (FLOPs)", "浮点运算数"),
    meaning: words("Arithmetic of one inference.", "一次推理的运算量。"),
  },
  "metrics/fps": {
    parent: "metrics/acceleration",
    section: "1.3.2",
    title: words("Frames per second", "每秒传输帧数"),
    meaning: words("Images handled in a second.", "每秒处理的图片数。"),
  },
  "metrics/latency": {
    parent: "metrics/acceleration",
    section: "1.3.2",
    title: words("Inference time", "推理时间"),
    meaning: words("Time of one inference on a given machine.", "在给定设备上一次推理的时间。"),
  },
  "metrics/speedup": {
    parent: "metrics/acceleration",
    section: "1.3.2",
    title: words("Speed-up", "加速率"),
    meaning: words(
      "Inference time before divided by inference time after, on the same machine (equation 2).",
      "同一设备上压缩前后推理时间之比（式 2）。",
    ),
  },

  "metrics/performance": {
    parent: "metrics",
    section: "1.3.3",
    title: words("Performance", "模型性能评价指标"),
    meaning: words("How well the network still does its task.", "网络完成任务的质量。"),
  },
  "metrics/accuracy": {
    parent: "metrics/performance",
    section: "1.3.3",
    title: words("Top-k accuracy", "准确率"),
    meaning: words(
      "Share of samples whose class is among the k first predictions, k being 1 or 5.",
      "真实类别位于前 k 个预测中的样本比例，k 取 1 或 5。",
    ),
  },
  "metrics/error-rate": {
    parent: "metrics/performance",
    section: "1.3.3",
    title: words("Top-k error", "错误率"),
    meaning: words("One minus the top-k accuracy.", "1 减去前 k 准确率。"),
  },
  "metrics/map": {
    parent: "metrics/performance",
    section: "1.3.3",
    title: words("Mean average precision", "平均精度均值"),
    meaning: words(
      "Area under the precision-recall curve of each class, averaged over the classes (equation 3).",
      "各类别精度-召回率曲线下面积的平均值（式 3）。",
    ),
  },
  "metrics/iou": {
    parent: "metrics/performance",
    section: "1.3.3",
    title: words("Intersection over union", "交并比"),
    meaning: words(
      "Overlap of the predicted and the true box divided by the area that both cover (equation 4).",
      "预测框与真实框的交集面积除以并集面积（式 4）。",
    ),
  },
} as const satisfies Record<string, SurveyNodeContent>;
