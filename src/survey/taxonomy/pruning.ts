/** Section 1.2.1, with the granularities and criteria that sections 2.1 and 2.3 add. */
import { words } from "../words";
import type { SurveyNodeContent } from "./node";

export const pruning = {
  pruning: {
    section: "1.2.1",
    title: words("Pruning", "剪枝"),
    meaning: words(
      "Removes the parameters that matter least to the network's output.",
      "去除对网络输出影响最小的参数。",
    ),
  },

  "pruning/granularity": {
    parent: "pruning",
    section: "1.2.1",
    figure: 1,
    title: words("Granularity", "剪枝粒度"),
    meaning: words("What is removed as one unit.", "以什么为单位进行裁剪。"),
  },
  "pruning/unstructured": {
    parent: "pruning/granularity",
    section: "1.2.1",
    figure: 1,
    title: words("Unstructured pruning", "非结构化剪枝"),
    meaning: words(
      "Single entries become zero; the tensor keeps its shape, and only a sparse encoding makes it smaller.",
      "单个参数被置零，张量形状不变，只有稀疏编码才能使其变小。",
    ),
  },
  "pruning/weight": {
    parent: "pruning/unstructured",
    section: "1.2.1",
    figure: 1,
    title: words("Weight pruning", "权重剪枝"),
    meaning: words("Removes single weights anywhere in a tensor.", "去除张量中任意位置的单个权重。"),
    citations: ["obd", "obs", "han-pruning"],
  },
  "pruning/neuron": {
    parent: "pruning/unstructured",
    section: "1.2.1",
    figure: 1,
    title: words("Neuron pruning", "神经元剪枝"),
    meaning: words(
      "Removes a unit with all the weights into it and out of it.",
      "去除一个神经元及其全部输入、输出权重。",
    ),
    citations: ["apoz"],
    note: words(
      "Listed by the survey as unstructured although the shapes of the layers change.",
      "原文归为非结构化剪枝，尽管它会改变层的形状。",
    ),
  },
  "pruning/structured": {
    parent: "pruning/granularity",
    section: "1.2.1",
    figure: 1,
    title: words("Structured pruning", "结构化剪枝"),
    meaning: words(
      "Removes whole parts, so that a smaller dense network remains, which needs no sparse arithmetic.",
      "移除整块结构，剩下更小的稠密网络，无需稀疏运算。",
    ),
  },
  "pruning/layer": {
    parent: "pruning/structured",
    section: "1.2.1",
    figure: 1,
    title: words("Layer pruning", "层剪枝"),
    meaning: words("Removes a whole layer or block.", "移除整个层或模块。"),
  },
  "pruning/filter": {
    parent: "pruning/structured",
    section: "1.2.1",
    figure: 1,
    title: words("Filter pruning", "滤波器剪枝"),
    meaning: words(
      "Removes an output filter of a convolution and everything that reads it.",
      "移除卷积的一个输出滤波器以及读取它的所有参数。",
    ),
    citations: ["filter-l1", "sfp"],
  },
  "pruning/channel": {
    parent: "pruning/structured",
    section: "1.2.1",
    figure: 1,
    title: words("Channel pruning", "通道剪枝"),
    meaning: words(
      "Removes an input channel of a convolution together with the filter that makes it.",
      "移除卷积的一个输入通道，以及产生该通道的滤波器。",
    ),
    citations: ["network-slimming", "thinet"],
  },
  "pruning/group": {
    parent: "pruning/structured",
    section: "1.2.1",
    figure: 1,
    title: words("Group pruning", "分组剪枝"),
    meaning: words(
      "Removes the same kernel positions in every filter of a layer, which leaves a smaller dense matrix.",
      "在一层的所有滤波器中裁剪相同的卷积核位置，得到更小的稠密矩阵。",
    ),
    citations: ["ssl", "group-brain-damage"],
    note: words(
      "The survey's text calls it 分组卷积 (group convolution); grouped pruning is meant.",
      "原文此处写作“分组卷积”，实指分组剪枝。",
    ),
  },
  "pruning/block-diagonal": {
    parent: "pruning/structured",
    section: "2.3.1",
    title: words("Permuted block-diagonal pruning", "置换块对角掩码剪枝"),
    meaning: words(
      "Keeps one shifted diagonal of every block of a matrix, a pattern that hardware can address by its offset.",
      "在矩阵的每个分块中只保留一条带偏移的对角线，便于硬件按偏移量寻址。",
    ),
    citations: ["fpga-lstm", "permdnn"],
  },
  "pruning/transformer": {
    parent: "pruning/structured",
    section: "2.1.3",
    title: words("Transformer pruning", "Transformer 剪枝"),
    meaning: words(
      "Removes attention heads, feed-forward units or embedding dimensions.",
      "移除注意力头、前馈单元或嵌入维度。",
    ),
    citations: ["disp-dkd", "kdip"],
  },

  "pruning/scope": {
    parent: "pruning",
    section: "1.2.1",
    figure: 2,
    title: words("Scope", "剪枝范围"),
    meaning: words("Where the pruning rate has to hold.", "剪枝率的作用范围。"),
  },
  "pruning/global": {
    parent: "pruning/scope",
    section: "1.2.1",
    figure: 2,
    title: words("Global pruning", "全局剪枝"),
    meaning: words(
      "One rate for the whole network: all units compete, and layers end with different rates.",
      "整个网络共用一个剪枝率，所有单元一起比较，各层最终剪枝率不同。",
    ),
  },
  "pruning/local": {
    parent: "pruning/scope",
    section: "1.2.1",
    figure: 2,
    title: words("Local pruning", "局部剪枝"),
    meaning: words("A rate for each layer: units compete within it.", "逐层指定剪枝率，只在层内比较。"),
  },

  "pruning/schedule": {
    parent: "pruning",
    section: "1.2.1",
    figure: 2,
    title: words("Schedule", "剪枝时机"),
    meaning: words("When and in how many rounds the rate is reached.", "何时、分几轮达到目标剪枝率。"),
  },
  "pruning/one-shot": {
    parent: "pruning/schedule",
    section: "1.2.1",
    figure: 2,
    title: words("Non-iterative pruning", "非迭代剪枝"),
    meaning: words("The target rate is reached in one decision.", "一次裁剪即达到目标剪枝率。"),
  },
  "pruning/iterative": {
    parent: "pruning/schedule",
    section: "1.2.1",
    figure: 2,
    title: words("Iterative pruning", "迭代剪枝"),
    meaning: words("The rate grows in rounds, with training between them.", "分多轮提高剪枝率，轮与轮之间继续训练。"),
    citations: ["han-pruning", "agp", "lottery-ticket"],
  },
  "pruning/fine-tuning": {
    parent: "pruning",
    section: "2.1.1",
    title: words("Fine-tuning", "微调"),
    meaning: words(
      "Training after compression on hard labels, to win back accuracy; what distillation replaces.",
      "压缩后用硬标签继续训练以恢复精度，知识蒸馏可取而代之。",
    ),
  },

  "pruning/criterion": {
    parent: "pruning",
    section: "1.2.1",
    title: words("Criterion", "重要性判据"),
    meaning: words("How the importance of a unit is measured.", "如何衡量一个单元的重要性。"),
  },
  "pruning/magnitude": {
    parent: "pruning/criterion",
    section: "1.2.1",
    title: words("Magnitude", "权重大小"),
    meaning: words("The smaller the absolute value, the sooner it goes.", "绝对值越小越先裁剪。"),
    citations: ["han-pruning", "deep-compression", "paupamah"],
  },
  "pruning/norm": {
    parent: "pruning/criterion",
    section: "1.2.1",
    title: words("Filter norm", "滤波器范数"),
    meaning: words(
      "The L1 or L2 norm of a filter, or its distance to the other filters.",
      "滤波器的 L1 或 L2 范数，或它与其他滤波器的距离。",
    ),
    citations: ["filter-l1", "sfp", "fpgm"],
  },
  "pruning/batch-norm": {
    parent: "pruning/criterion",
    section: "1.2.1",
    title: words("Batch-norm scale", "批归一化层缩放因子"),
    meaning: words(
      "The factor that batch normalization gives a channel, often trained towards zero first.",
      "批归一化层赋予通道的缩放因子，常先经稀疏化训练。",
    ),
    citations: ["network-slimming", "yao-segmentation"],
  },
  "pruning/second-order": {
    parent: "pruning/criterion",
    section: "1.2.1",
    title: words("Second derivatives of the loss", "Hessian 矩阵"),
    meaning: words(
      "The estimated rise of the loss when the weight goes, from the loss's curvature.",
      "由损失函数的曲率估计去掉某个权重后损失的增量。",
    ),
    citations: ["obd", "obs"],
  },
  "pruning/reconstruction": {
    parent: "pruning/criterion",
    section: "1.2.1",
    title: words("Next-layer reconstruction", "下一层激活重建"),
    meaning: words(
      "Removes the channels whose absence changes the next layer's output least.",
      "裁剪对下一层输出影响最小的通道。",
    ),
    citations: ["thinet"],
  },
  "pruning/activation": {
    parent: "pruning/criterion",
    section: "2.1.1",
    title: words("Share of zero activations", "激活值平均零点百分比"),
    meaning: words("A unit that is silent on most inputs is removed first.", "在大多数输入上输出为零的单元先被裁剪。"),
    citations: ["apoz"],
  },
  "pruning/relevance": {
    parent: "pruning/criterion",
    section: "2.1.1",
    title: words("Layer-wise relevance", "逐层相关性传播"),
    meaning: words(
      "How much of the output's decision is traced back to the unit.",
      "将输出决策逐层回溯，衡量每个单元的贡献。",
    ),
    citations: ["lrp"],
  },
  "pruning/attention": {
    parent: "pruning/criterion",
    section: "2.1.1",
    title: words("Channel attention", "通道注意力"),
    meaning: words(
      "The mean gate that a squeeze-and-excitation module gives a channel.",
      "挤压和激励模块赋予通道的平均权重。",
    ),
    citations: ["bridge-kd"],
  },
  "pruning/knapsack": {
    parent: "pruning/criterion",
    section: "2.1.1",
    title: words("Knapsack", "背包问题"),
    meaning: words(
      "Chooses the channels of greatest total importance under a budget of computation.",
      "在计算量预算内选出总重要性最大的通道。",
    ),
    citations: ["knapsack"],
  },
  "pruning/momentum": {
    parent: "pruning/criterion",
    section: "2.1.2",
    title: words("Global sparse momentum", "基于 SGD 的全局剪枝"),
    meaning: words(
      "Only the weights that matter most to the loss are updated by gradients; the rest decay to zero.",
      "只用梯度更新对损失最重要的权重，其余权重逐渐衰减为零。",
    ),
    citations: ["hkdp", "gsm"],
  },
  "pruning/regularization": {
    parent: "pruning/criterion",
    section: "1.2.1",
    title: words("Structured sparsity regularization", "稀疏度正则化"),
    meaning: words(
      "A penalty drives whole groups of weights to zero during training.",
      "训练时用正则项将整组权重压向零。",
    ),
    citations: ["ssl", "joint-io"],
  },
  "pruning/distribution": {
    parent: "pruning/criterion",
    section: "2.3.1",
    title: words("Distribution of the channel scale", "通道规模系数分布"),
    meaning: words(
      "A channel whose scale varies widely under a fitted normal distribution is removed.",
      "将通道规模系数拟合为正态分布，裁剪方差大的通道。",
    ),
    citations: ["vcd"],
  },
  "pruning/sparsity-ratio": {
    parent: "pruning/criterion",
    section: "2.3.1",
    title: words("Channel sparsity ratio", "通道稀疏度"),
    meaning: words(
      "The share of a channel's weights that lie below the mean magnitude.",
      "通道中小于均值的权重所占的比例。",
    ),
    citations: ["speech-compactness"],
  },
  "pruning/dropout": {
    parent: "pruning/criterion",
    section: "2.3.2",
    title: words("Learned dropout rate", "稀疏变分随机失活"),
    meaning: words(
      "A dropout rate is learned for each weight; what is dropped nearly always is removed.",
      "为每个权重学习失活率，几乎总被丢弃者即被裁剪。",
    ),
    citations: ["sparse-vd", "uvnq", "vnq"],
  },
  "pruning/learned-score": {
    parent: "pruning/criterion",
    section: "2.1.3",
    title: words("Learned importance score", "重要性得分学习"),
    meaning: words(
      "A score or soft mask is trained together with the weights.",
      "与权重一同训练得到重要性得分或软掩码。",
    ),
    citations: ["kdip", "disp-dkd"],
  },

  "pruning/gradient": {
    parent: "pruning",
    section: "1.2.1",
    title: words("Gradient pruning", "梯度剪枝"),
    meaning: words(
      "Drops small activation gradients at random to make training faster; the network keeps its size.",
      "随机舍去较小的激活梯度以加速训练，网络大小不变。",
    ),
    citations: ["dbtd"],
  },
} as const satisfies Record<string, SurveyNodeContent>;
