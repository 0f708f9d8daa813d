import { words as w } from "#survey/words";
import type { BlockWords } from "../../block";
import { guardWords, structuredWords } from "../../shared/pruning/pruning-words";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("Soft filter pruning", "软滤波器剪枝（SFP）"),
  summary: w(
    "Sets the filters of smallest norm to zero again and again but lets them grow back; only the last choice is removed.",
    "反复将范数最小的滤波器置零但允许其恢复；仅在片段结束时真正去除最后一次选中的滤波器。",
  ),
  params: {
    sparsity: structuredWords.sparsity,
    norm: { label: w("Norm", "范数"), options: { l2: w("L2", "L2"), l1: w("L1", "L1") } },
    everySteps: { label: w("Set to zero every", "置零间隔") },
    offsets: {
      label: w("Their batch norm offsets", "其批归一化偏移"),
      options: { zero: w("set to zero too", "一并置零"), keep: w("kept", "保留") },
    },
    roundTo: structuredWords.roundTo,
    ...guardWords,
  },
};
