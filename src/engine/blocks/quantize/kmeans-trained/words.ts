import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Trained clusters", "聚类权重共享（训练中心）"),
  summary: w(
    "Sorts the weights that are left into clusters by k-means; each keeps its cluster, and training moves the centroids.",
    "用 k-means 将保留的权重聚类；权重所属的类不再改变，训练只移动聚类中心。",
  ),
  params: {
    convBits: { label: w("Bits in convolutions", "卷积层位宽") },
    denseBits: { label: w("Bits in dense layers", "全连接层位宽") },
    start: {
      label: w("Centroids begin", "中心初始化"),
      options: {
        linear: w("evenly over the range", "按取值范围均匀"),
        density: w("evenly over the ranks", "按分布密度"),
        random: w("at random weights", "随机取权重"),
      },
    },
    iterations: { label: w("k-means rounds at most", "k-means 最多轮数") },
    rate: { label: w("Learning rate of centroids, times the document's", "中心学习率（相对文档学习率的倍数）") },
  },
};
