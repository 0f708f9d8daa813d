import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords, structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Architecture search by morphisms", "结构变形搜索"),
  summary: w(
    "Tries networks that differ by one move (a layer narrower, one more layer, a block elsewhere), trains each in turn and goes on with the best.",
    "依次训练只差一步变形的候选网络（某层变窄、增加一层、移动一个块），保留最优者继续搜索。",
  ),
  params: {
    population: { label: w("Candidates of a generation", "每代候选数") },
    generations: { label: w("Generations", "代数") },
    ratio: { label: w("Filters removed by a move", "单步去除的滤波器比例") },
    budget: { label: w("MACs aimed at", "目标乘加量") },
    penalty: { label: w("Weight of what is beyond", "超出预算的惩罚权重") },
    targets: structuredWords.targets,
    ...guardWords,
  },
};
