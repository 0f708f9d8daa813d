import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import {
  activationBitsWords,
  calibrationWords,
  foldBnWords,
  imagesWords,
  weightWords,
} from "../../shared/quantization/quantize-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Fake quantization (QAT)", "伪量化（量化感知训练）"),
  summary: w(
    "Trains with rounded weights and activations in the forward pass; gradients pass straight through.",
    "前向使用量化后的权重与激活进行训练，梯度直通传递。",
  ),
  params: {
    ...weightWords,
    foldBn: foldBnWords,
    aBits: activationBitsWords,
    activationDelay: { label: w("Quantize activations from", "激活量化起点") },
    rangeDecay: { label: w("Range memory", "量程滑动系数") },
    freezeRangesAt: { label: w("Freeze ranges at", "量程冻结位置") },
    ...calibrationWords,
    images: imagesWords,
  },
};
