import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { foldBnWords, imagesWords } from "../../shared/quantization/quantize-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Learned levels (LQ-Nets)", "可学习量化级（LQ-Nets）"),
  summary: w(
    "Levels are signed sums of K numbers, which follow weights and activations while the network trains.",
    "量化级是 K 个数的带符号之和，这些数在训练中随权重与激活更新。",
  ),
  params: {
    wBits: { label: w("Weight bits", "权重位宽") },
    aBits: { label: w("Activation bits (32 is off)", "激活位宽（32 为不量化）") },
    edgeBits: { label: w("First and last layer bits (32 is off)", "首末层位宽（32 为不量化）") },
    turns: { label: w("Turns at each step", "每步交替次数") },
    memory: { label: w("Memory of the levels", "量化级滑动系数") },
    foldBn: foldBnWords,
    images: imagesWords,
  },
};
