import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import {
  activationBitsWords,
  calibrationWords,
  imagesWords,
  weightWords,
} from "../../shared/quantization/quantize-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Affine INT8", "仿射 INT8 量化"),
  summary: w(
    "Rounds weights and activations to 8 bits (or fewer) after training, with ranges taken from a few images.",
    "训练后将权重和激活量化到 8 位（或更低），量程由少量图像校准。",
  ),
  params: { ...weightWords, aBits: activationBitsWords, ...calibrationWords, images: imagesWords },
};
