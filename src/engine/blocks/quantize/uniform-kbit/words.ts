import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { calibrationWords, weightWords } from "../../shared/quantization/quantize-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Uniform k-bit", "均匀 k 位量化"),
  summary: w(
    "Rounds every kernel to evenly spaced levels of a few bits, symmetric around zero; activations stay as they are.",
    "将每个卷积核舍入到以零为中心的少数等距量化级；激活保持不变。",
  ),
  params: { ...weightWords, ...calibrationWords },
};
