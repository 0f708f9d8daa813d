import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Pruning by relevance (LRP)", "相关性传播剪枝（LRP）"),
  summary: w(
    "Hands the logit of each image back through the network and removes the units that got the smallest share of it.",
    "将每幅图像的 logit 逐层回传，去除分得相关性最小的单元。",
  ),
  params: {
    ...structuredWords,
    rule: {
      label: w("Sharing rule", "分配规则"),
      options: {
        epsilon: w("by all contributions (epsilon)", "按全部贡献（ε 规则）"),
        "z-plus": w("by positive contributions (z+)", "仅按正贡献（z+ 规则）"),
      },
    },
    epsilon: { label: w("Epsilon", "ε") },
    start: {
      label: w("Logit handed back", "回传的 logit"),
      options: { label: w("of the true class", "真实类别"), prediction: w("the largest one", "最大者") },
    },
    images: { label: w("Images", "图像数") },
  },
};
