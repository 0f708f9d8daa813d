/** Section 1.2.2, with the precision classes that section 2.3 adds. */
import { words } from "../words";
import type { SurveyNodeContent } from "./node";

export const quantization = {
  quantization: {
    section: "1.2.2",
    title: words("Quantization", "量化"),
    meaning: words("Represents numbers with fewer bits.", "用更少的比特表示数值。"),
  },

  "quantization/spacing": {
    parent: "quantization",
    section: "1.2.2",
    title: words("Spacing of the levels", "量化间隔"),
    meaning: words("How the representable values are spread.", "可表示的数值如何分布。"),
  },
  "quantization/uniform": {
    parent: "quantization/spacing",
    section: "1.2.2",
    title: words("Uniform quantization", "均匀量化"),
    meaning: words(
      "Equal distances between levels: simple, and sensitive to outliers.",
      "各级间距相等，实现简单，但易受离群值影响。",
    ),
    citations: ["qat", "quantization-whitepaper"],
  },
  "quantization/non-uniform": {
    parent: "quantization/spacing",
    section: "1.2.2",
    title: words("Non-uniform quantization", "非均匀量化"),
    meaning: words("Levels lie closer where there are more values.", "数值密集处的量化级更密。"),
  },
  "quantization/logarithmic": {
    parent: "quantization/non-uniform",
    section: "1.2.2",
    title: words("Logarithmic levels", "对数分布量化"),
    meaning: words("Powers of two, so that a multiplication becomes a shift.", "量化级取 2 的幂，乘法可用移位代替。"),
    citations: ["consumer-workloads", "inq"],
  },
  "quantization/clustering": {
    parent: "quantization/non-uniform",
    section: "1.2.2",
    title: words("Clustering", "聚类量化"),
    meaning: words(
      "Weights share the centres of their clusters; a table of centres and an index for each weight are kept.",
      "权重共享其聚类中心，只存中心表和每个权重的索引。",
    ),
    citations: ["gong-kmeans", "deep-compression"],
  },
  "quantization/learned-levels": {
    parent: "quantization/non-uniform",
    section: "1.2.2",
    title: words("Learned levels", "可学习量化级"),
    meaning: words("The levels themselves are trained with the network.", "量化级本身随网络一同训练。"),
    citations: ["lq-nets", "quantized-distillation"],
    note: words(
      "The survey says that LQ-Nets adjusts the bit width; it adjusts the levels.",
      "原文称 LQ-Nets 调节量化位宽，实际调节的是量化级。",
    ),
  },

  "quantization/width": {
    parent: "quantization",
    section: "1.2.2",
    title: words("Bit width", "量化位宽"),
    meaning: words("How many bits a value takes.", "每个数值占用的比特数。"),
  },
  "quantization/int8": {
    parent: "quantization/width",
    section: "1.2.2",
    title: words("INT8 quantization", "INT8 量化"),
    meaning: words(
      "Eight-bit integers with a scale and a zero point, what most hardware supports.",
      "带缩放因子和零点的 8 位整数，多数硬件支持。",
    ),
    citations: ["qat", "quantization-whitepaper"],
  },
  "quantization/float8": {
    parent: "quantization/width",
    section: "1.2.2",
    title: words("8-bit floating point", "8 位浮点量化"),
    meaning: words(
      "Eight bits with a small exponent, made for gradients and activations.",
      "带小指数的 8 位浮点数，用于梯度和激活值。",
    ),
    citations: ["float8-dettmers"],
  },
  "quantization/low-bit": {
    parent: "quantization/width",
    section: "1.2.2",
    title: words("Very low bit width", "极低比特量化"),
    meaning: words("Fewer than eight bits, down to one.", "低于 8 比特，直至 1 比特。"),
    citations: ["abc-net", "wrpn"],
  },
  "quantization/binary": {
    parent: "quantization/low-bit",
    section: "1.2.2",
    title: words("Binary quantization", "二值量化"),
    meaning: words("Two values, one bit for a weight.", "仅取两个值，每个权重 1 比特。"),
    citations: ["abc-net", "binaryconnect", "lab", "lbcnn"],
  },
  "quantization/ternary": {
    parent: "quantization/low-bit",
    section: "1.2.2",
    title: words("Ternary quantization", "三值量化"),
    meaning: words("A negative value, zero and a positive value.", "仅取负值、零和正值三个值。"),
    citations: ["ttq", "vnq", "fgq", "twn"],
  },
  "quantization/mixed": {
    parent: "quantization/width",
    section: "1.2.2",
    title: words("Mixed precision", "混合精度量化"),
    meaning: words("Different parts of the network take different widths.", "网络的不同部分使用不同位宽。"),
    citations: ["haq", "wrpn"],
  },

  "quantization/timing": {
    parent: "quantization",
    section: "1.2.2",
    figure: 3,
    title: words("Relation to training", "是否涉及训练"),
    meaning: words("Whether the network is trained with its quantizer.", "网络是否带着量化器训练。"),
  },
  "quantization/ptq": {
    parent: "quantization/timing",
    section: "1.2.2",
    figure: 3,
    title: words("Post-training quantization (PTQ)", "训练后量化"),
    meaning: words(
      "A trained network is quantized without further training, at most with a little data for calibration.",
      "对训练好的网络直接量化，不再训练，至多用少量数据校准。",
    ),
    citations: ["quantization-whitepaper", "pruning-quantization-survey"],
    note: words(
      "The survey's examples [27-29, 32] are in fact training methods.",
      "原文所举的 [27-29,32] 实为训练类方法。",
    ),
  },
  "quantization/calibration": {
    parent: "quantization/ptq",
    section: "1.2.2",
    figure: 3,
    title: words("Calibration", "校准"),
    meaning: words("The range of the quantizer is chosen from what a few samples show.", "用少量样本确定量化范围。"),
    citations: ["quantization-whitepaper"],
  },
  "quantization/qat": {
    parent: "quantization/timing",
    section: "1.2.2",
    figure: 3,
    title: words("Quantization-aware training (QAT)", "量化感知训练"),
    meaning: words(
      "Fake quantizers stand in the network while it trains, and gradients pass straight through them.",
      "训练时在网络中插入伪量化节点，梯度直通。",
    ),
    citations: ["qat", "straight-through"],
  },

  "quantization/object": {
    parent: "quantization",
    section: "1.2.2",
    title: words("What is quantized", "量化对象"),
    meaning: words("The numbers that get fewer bits.", "被降低位宽的数值。"),
  },
  "quantization/weights": {
    parent: "quantization/object",
    section: "1.2.2",
    title: words("Weights", "权重量化"),
    meaning: words("Parameters: this makes the file smaller.", "量化参数，使文件变小。"),
  },
  "quantization/activations": {
    parent: "quantization/object",
    section: "1.2.2",
    title: words("Activations", "激活量化"),
    meaning: words(
      "What flows between layers: this allows integer arithmetic and leaves the file as it is.",
      "量化层间数据，使整数运算成为可能，文件大小不变。",
    ),
  },
  "quantization/gradients": {
    parent: "quantization/object",
    section: "1.2.2",
    title: words("Gradients", "梯度量化"),
    meaning: words(
      "What workers send each other in distributed training: less traffic, the same network.",
      "量化分布式训练中传输的梯度，减少通信，网络不变。",
    ),
    citations: ["1bit-sgd", "1bit-lamb", "qsgd"],
  },
  "quantization/feature-map": {
    parent: "quantization/object",
    section: "2.2.1",
    title: words("Feature maps", "特征图量化"),
    meaning: words(
      "Feature maps of teacher and student are made discrete so that they are easier to match.",
      "将师生特征图离散化，使其更易匹配。",
    ),
    citations: ["quantization-mimic"],
  },

  "quantization/precision": {
    parent: "quantization",
    section: "2.3",
    title: words("Class of precision", "量化精度类别"),
    meaning: words("The three classes by which Table 3 sorts quantizers.", "表 3 据以划分量化方法的三个类别。"),
    table: 3,
  },
  "quantization/fixed": {
    parent: "quantization/precision",
    section: "2.3.1",
    title: words("Fixed precision", "固定精度量化"),
    meaning: words("All weights have the same width.", "所有权重位宽一致。"),
    citations: ["fpga-lstm", "joint-io", "yolo-face-mask"],
  },
  "quantization/dynamic": {
    parent: "quantization/precision",
    section: "2.3.1",
    title: words("Dynamic precision", "动态精度量化"),
    meaning: words("Each part of the network has the width that suits it.", "网络各部分各取适合的位宽。"),
    citations: ["paupamah", "vcd", "uvnq"],
  },
  "quantization/discrete": {
    parent: "quantization/precision",
    section: "2.3.1",
    title: words("Discrete values", "离散值量化"),
    meaning: words(
      "A few full-precision values are kept, and every weight is an index to one of them.",
      "保留少量全精度离散值，其余权重只存索引。",
    ),
    citations: ["deep-compression", "speech-compactness", "clip-q"],
  },
} as const satisfies Record<string, SurveyNodeContent>;
