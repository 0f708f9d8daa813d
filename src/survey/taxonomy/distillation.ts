/** Section 1.2.3, with the variants that section 2 adds. */
import { words } from "../words";
import type { SurveyNodeContent } from "./node";

export const distillation = {
  distillation: {
    section: "1.2.3",
    title: words("Knowledge distillation", "知识蒸馏"),
    meaning: words(
      "A small student network learns from what a teacher network computes.",
      "小型学生模型从教师模型的计算结果中学习。",
    ),
  },

  "distillation/knowledge": {
    parent: "distillation",
    section: "1.2.3",
    title: words("Kind of knowledge", "知识类型"),
    meaning: words("What the student is asked to match.", "学生模型要模仿的内容。"),
  },
  "distillation/output": {
    parent: "distillation/knowledge",
    section: "1.2.3",
    figure: 4,
    title: words("Output features", "输出特征知识"),
    meaning: words(
      "The teacher's output, usually softened by a temperature so that the small probabilities count.",
      "教师模型的输出，通常用温度软化以体现较小的概率。",
    ),
    citations: ["bucila", "hinton-kd"],
  },
  "distillation/intermediate": {
    parent: "distillation/knowledge",
    section: "1.2.3",
    title: words("Intermediate features", "中间特征知识"),
    meaning: words(
      "Feature maps of inner layers, or attention maps made from them.",
      "中间层的特征图或由其得到的注意力图。",
    ),
    citations: ["fitnets", "attention-transfer"],
  },
  "distillation/relation": {
    parent: "distillation/knowledge",
    section: "1.2.3",
    title: words("Relations", "关系特征知识"),
    meaning: words(
      "How layers or samples relate to each other, rather than the values themselves.",
      "层与层或样本与样本之间的关系，而非数值本身。",
    ),
    citations: ["fsp", "similarity-preserving"],
  },
  "distillation/structure": {
    parent: "distillation/knowledge",
    section: "1.2.3",
    title: words("Structured features", "结构特征知识"),
    meaning: words("Outputs, inner features and relations together.", "输出、中间与关系特征的综合。"),
    citations: ["ikd-integral"],
  },

  "distillation/regime": {
    parent: "distillation",
    section: "1.2.3",
    figure: 5,
    title: words("Regime", "蒸馏方式"),
    meaning: words("Whether the teacher learns along with the student.", "教师模型是否与学生模型一起更新参数。"),
  },
  "distillation/offline": {
    parent: "distillation/regime",
    section: "1.2.3",
    figure: 5,
    title: words("Offline distillation", "离线蒸馏"),
    meaning: words("The teacher is trained first and frozen.", "先训练好教师模型并冻结。"),
    citations: ["bucila", "hinton-kd", "fitnets", "attention-transfer"],
  },
  "distillation/online": {
    parent: "distillation/regime",
    section: "1.2.3",
    figure: 5,
    title: words("Online distillation", "在线蒸馏"),
    meaning: words("Teacher and student are trained at the same time.", "教师与学生模型同步更新参数。"),
    citations: ["dml"],
  },
  "distillation/self": {
    parent: "distillation/regime",
    section: "1.2.3",
    figure: 5,
    title: words("Self-distillation", "自蒸馏"),
    meaning: words(
      "The network teaches itself: deep layers teach shallow ones, or an earlier state teaches a later one.",
      "网络自己教自己：深层教浅层，或先前的状态教后来的状态。",
    ),
    citations: ["byot", "self-evolution"],
  },

  "distillation/matching": {
    parent: "distillation",
    section: "1.2.3",
    title: words("Match of teacher and student", "师生模型匹配"),
    meaning: words(
      "Which student fits which teacher, and what to do when their capacities are far apart.",
      "师生如何搭配，以及容量差距过大时如何处理。",
    ),
    citations: ["kd-survey-gou", "search-to-distill"],
  },
  "distillation/student": {
    parent: "distillation/matching",
    section: "1.2.3",
    title: words("Choice of the student", "学生模型的选择"),
    meaning: words(
      "A smaller version, a pruned or quantized version, or a network of another design.",
      "教师的简化版、剪枝或量化版，或另行设计的网络。",
    ),
    citations: ["kd-survey-gou"],
  },
  "distillation/capacity-gap": {
    parent: "distillation/matching",
    section: "1.2.3",
    title: words("Capacity gap", "容量差距"),
    meaning: words(
      "A student far weaker than its teacher learns badly; assistants in between or less trained teachers help.",
      "学生远弱于教师时学习效果差，可用助教或欠训练的教师缓解。",
    ),
    citations: ["takd", "kd-efficacy"],
  },

  "distillation/setting": {
    parent: "distillation",
    section: "2",
    title: words("Special settings", "特殊场景"),
    meaning: words("Little data, no data, or a task other than classification.", "少样本、无数据或分类以外的任务。"),
  },
  "distillation/few-samples": {
    parent: "distillation/setting",
    section: "2.1.1",
    title: words("Few samples", "少样本蒸馏"),
    meaning: words(
      "The distribution of features is matched because there are too few samples to match labels.",
      "样本过少时转而匹配特征分布。",
    ),
    citations: ["pfdd"],
  },
  "distillation/data-free": {
    parent: "distillation/setting",
    section: "2.2.1",
    title: words("Data-free distillation", "无数据蒸馏"),
    meaning: words(
      "A generator makes the inputs on which the student disagrees most with the teacher.",
      "由生成器合成使师生分歧最大的样本。",
    ),
    citations: ["data-free-quantization"],
  },
  "distillation/detection": {
    parent: "distillation/setting",
    section: "2.1.1",
    title: words("Detection and recognition in radar images", "目标检测与 SAR 目标识别"),
    meaning: words(
      "Losses made for detectors and for small recognition networks.",
      "针对检测器和小型识别网络设计的蒸馏损失。",
    ),
    citations: ["fir-kd", "bridge-kd", "gradual-distillation"],
  },
  "distillation/policy": {
    parent: "distillation/setting",
    section: "2.1.1",
    title: words("Policy distillation", "策略蒸馏"),
    meaning: words(
      "A student agent imitates the action values of a trained agent.",
      "学生智能体模仿训练好的智能体的动作价值。",
    ),
    citations: ["policy-distillation", "lrp"],
  },
  "distillation/transformer": {
    parent: "distillation/setting",
    section: "2.2.1",
    title: words("Transformer distillation", "Transformer 蒸馏"),
    meaning: words(
      "Attention maps and layer outputs of a transformer are matched.",
      "匹配 Transformer 的注意力图与各层输出。",
    ),
    citations: ["disp-dkd", "kdip", "transformer-qat-kd"],
  },
} as const satisfies Record<string, SurveyNodeContent>;
