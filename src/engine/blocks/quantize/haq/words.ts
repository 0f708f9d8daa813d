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
  label: w("Hardware-aware bit search (HAQ)", "硬件感知自动量化（HAQ）"),
  summary: w(
    "Searches a width for each layer within a budget: tries plans on copies of the network, trains each for a moment and keeps the one that loses least.",
    "在预算内为每层搜索位宽：在网络副本上试验各种位宽方案，短暂训练后保留精度损失最小者。",
  ),
  params: {
    agent: {
      label: w("Plans come from", "方案来源"),
      options: {
        cem: w("the cross-entropy method", "交叉熵方法"),
        ddpg: w("a policy gradient (DDPG), as in the paper", "策略梯度（DDPG），同原论文"),
        greedy: w("the smallest rounding error for what it saves", "按节省量的最小舍入误差贪心"),
      },
    },
    budget: {
      label: w("Budget of", "预算类型"),
      options: {
        size: w("bytes (weights are searched)", "字节（搜索权重位宽）"),
        bops: w("bit operations", "位运算量"),
        latencyLUT: w("computed latency, by a table", "查表计算的延迟"),
      },
    },
    share: { label: w("Share of the cost at 8 bits", "占 8 位开销的比例") },
    device: {
      label: w("Device of the latency", "延迟所属设备"),
      options: {
        "bit-serial": w("bit-serial arithmetic", "位串行运算"),
        int8: w("8-bit arithmetic", "8 位运算"),
      },
    },
    bMin: { label: w("Fewest bits", "最少位数") },
    bMax: { label: w("Most bits", "最多位数") },
    edgeBits: weightWords.edgeBits,
    aBits: activationBitsWords,
    episodes: { label: w("Plans that are tried", "尝试的方案数") },
    fineTuneSteps: { label: w("Steps of each trial", "每次试训步数") },
    granularity: weightWords.granularity,
    ...calibrationWords,
    images: imagesWords,
  },
};
