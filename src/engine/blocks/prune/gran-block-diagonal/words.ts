import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Permuted block-diagonal pruning", "置换块对角剪枝"),
  summary: w(
    "Keeps one shifted diagonal of each square tile of a weight matrix, so that no index is stored for a weight.",
    "权重矩阵的每个方块只保留一条带偏移的对角线，无需存储权重索引。",
  ),
  params: {
    blockSize: { label: w("Side of a tile (1/p of the weights stay)", "方块边长 p（保留 1/p 的权重）") },
    offset: {
      label: w("Which diagonal", "对角线偏移"),
      options: {
        energy: w("the one of most energy", "能量最大者"),
        fixed: w("row + column of the tile", "方块行号与列号之和"),
        random: w("drawn by the seed", "按种子随机"),
      },
    },
    targets: {
      label: w("What may go", "剪枝对象"),
      options: {
        all: w("dense layers and convolutions", "全连接层与卷积层"),
        dense: w("dense layers", "全连接层"),
        convolutions: w("convolutions", "卷积层"),
      },
    },
    ...guardWords,
  },
};
