import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Soft labels (KD)", "软标签知识蒸馏"),
  summary: w(
    "Trains towards the teacher's softened class probabilities, mixed with the hard labels.",
    "以教师软化后的类别概率与硬标签共同监督训练。",
  ),
  parts: {
    "soft-labels": w("soft labels", "软标签"),
  },
  params: {
    temperature: { label: w("Temperature", "温度") },
    alpha: { label: w("Share of soft labels", "软标签权重") },
  },
};
