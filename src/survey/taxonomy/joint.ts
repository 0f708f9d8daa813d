/** Section 2: how two methods are combined. The codes of the three tables are in `combinations.ts`. */
import { words } from "../words";
import type { SurveyNodeContent } from "./node";

export const joint = {
  joint: {
    section: "2",
    title: words("Joint optimization", "联合优化"),
    meaning: words(
      "Two or more compression methods together, one after the other or at once.",
      "将两种或多种压缩方法先后或同时结合。",
    ),
  },

  "joint/prune-distill": {
    parent: "joint",
    section: "2.1",
    table: 1,
    title: words("Distillation and pruning", "知识蒸馏+剪枝"),
    meaning: words(
      "Distillation repairs what pruning breaks; pruning supplies the student, or an easier teacher.",
      "蒸馏弥补剪枝的精度损失；剪枝提供学生模型，或更易学的教师模型。",
    ),
  },
  "joint/prune-then-distill": {
    parent: "joint/prune-distill",
    section: "2.1.1",
    figure: 6,
    title: words("Prune, then distil", "先剪枝后蒸馏"),
    meaning: words("Pruning is finished before distillation starts.", "剪枝完成后才开始蒸馏。"),
  },
  "joint/distill-then-prune": {
    parent: "joint/prune-distill",
    section: "2.1.2",
    figure: 7,
    title: words("Distil, then prune", "先蒸馏后剪枝"),
    meaning: words("The student of a finished distillation is pruned further.", "对蒸馏得到的学生模型再行剪枝。"),
  },
  "joint/distill-prune-distill": {
    parent: "joint/prune-distill",
    section: "2.1.2",
    title: words("Distil, prune, distil again", "先蒸馏再剪枝后蒸馏"),
    meaning: words("As before, with a second distillation instead of fine-tuning.", "同上，但以第二次蒸馏代替微调。"),
    citations: ["prakosa"],
  },
  "joint/prune-while-distilling": {
    parent: "joint/prune-distill",
    section: "2.1.3",
    figure: 8,
    title: words("Prune while distilling", "边剪枝边蒸馏"),
    meaning: words(
      "Every round prunes a little and recovers under the teacher.",
      "每一轮剪去一部分，并在教师监督下恢复。",
    ),
  },

  "joint/quantize-distill": {
    parent: "joint",
    section: "2.2",
    table: 2,
    title: words("Distillation and quantization", "知识蒸馏+量化"),
    meaning: words(
      "Distillation repairs what quantization breaks; quantization supplies the student, or an easier teacher.",
      "蒸馏弥补量化的精度损失；量化提供学生模型，或更易学的教师模型。",
    ),
  },
  "joint/quantize-then-distill": {
    parent: "joint/quantize-distill",
    section: "2.2.1",
    figure: 9,
    title: words("Quantize, then distil", "先量化后蒸馏"),
    meaning: words("A quantized network exists before distillation starts.", "蒸馏开始前已有量化后的网络。"),
  },
  "joint/quantize-while-distilling": {
    parent: "joint/quantize-distill",
    section: "2.2.2",
    figure: 10,
    title: words("Quantize while distilling", "边量化边蒸馏"),
    meaning: words(
      "Weights and quantizer are learned together from the teacher, from the first step.",
      "从第一步起即在教师监督下同时学习权重与量化器。",
    ),
  },

  "joint/prune-quantize": {
    parent: "joint",
    section: "2.3",
    table: 3,
    title: words("Pruning and quantization", "剪枝+量化"),
    meaning: words(
      "Pruning makes the network smaller, quantization what is left of it.",
      "剪枝缩小结构，量化压缩剩余参数。",
    ),
  },
  "joint/prune-then-quantize": {
    parent: "joint/prune-quantize",
    section: "2.3.1",
    figure: 11,
    title: words("Prune, then quantize", "先剪枝后量化"),
    meaning: words("The pruned and recovered network is quantized.", "对剪枝并恢复后的网络进行量化。"),
  },
  "joint/prune-while-quantizing": {
    parent: "joint/prune-quantize",
    section: "2.3.2",
    figure: 12,
    title: words("Prune while quantizing", "边剪枝边量化"),
    meaning: words(
      "Both decisions are taken from the same weights and are optimized together.",
      "两种决策基于同一组权重，共同优化。",
    ),
  },
} as const satisfies Record<string, SurveyNodeContent>;
