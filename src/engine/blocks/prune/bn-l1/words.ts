import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Channel pruning, batch-norm scale", "批归一化缩放因子通道剪枝"),
  summary: w(
    "Removes the channels to which batch normalization gives the smallest scale, as they are, without training them towards zero first.",
    "去除批归一化缩放因子绝对值最小的通道，不预先做稀疏化训练。",
  ),
  params: structuredWords,
};
