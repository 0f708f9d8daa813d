import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Channel pruning by reconstruction (ThiNet)", "重建误差通道剪枝（ThiNet）"),
  summary: w(
    "Removes the channels that the next layer misses least on training images, and rescales the rest to make up for them.",
    "去除对下一层输出影响最小的通道，并重新缩放其余通道以补偿误差。",
  ),
  params: {
    ...structuredWords,
    images: { label: w("Images", "图像数") },
    samplesPerImage: { label: w("Samples for each image", "每张图像的采样数") },
    rescale: {
      label: w("Rescale what stays", "缩放保留通道"),
      options: { "least-squares": w("by least squares", "最小二乘"), none: w("no", "不缩放") },
    },
  },
};
