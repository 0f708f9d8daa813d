import type { FindingCode } from "../../../engine/document/finding";
import type { CureKey } from "../../edits/cures";
import { type Words, words as w } from "../../../survey/words";

/**
 * What `validate` finds, under `<code>-cure` how to mend it, and under `do-<key>` what a button does about it. Values
 * come from the finding's clip and details (`widgets/finding-values.ts`).
 */
export const findings = {
  label: w("Findings", "检查结果"),
  error: w("Error", "错误"),
  warning: w("Warning", "警告"),
  hint: w("Hint", "提示"),
  none: w("Nothing to mend.", "没有问题。"),
  show: w("Show {{clip}}", "显示 {{clip}}"),
  cured: w("Mended; undo takes it back.", "已修正；可撤销。"),

  "do-remove": w("Remove the clip", "移除该片段"),
  "do-rename": w("Give the later one another id", "为后者另取标识"),
  "do-reset": w("Reset it", "重置"),
  "do-lengthen": w("Give it {{steps}} steps", "设为 {{steps}} 步"),
  "do-instant": w("Set its length to 0", "将长度设为 0"),
  "do-one-shot": w("Prune in one shot", "改为一次性剪枝"),
  "do-original": w("Choose the original as teacher", "以原始网络为教师"),
  "do-no-teacher": w("Remove the teacher", "移除教师"),
  "do-start-at": w("Start at step {{step}}", "从第 {{step}} 步开始"),
  "do-fold-in-file": w("Fold in the file only", "仅在文件中折叠"),
  "do-quantize-after": w("Quantize after it", "移到剪枝之后量化"),
  "do-fine-tune": w("Add a fine-tuning clip", "添加微调片段"),
  "do-temperature": w("Set the temperature to {{temperature}}", "将温度设为 {{temperature}}"),
  "do-close-gap": w("Move the clips together", "将片段靠拢"),
  "do-fewer-points": w("Evaluate every {{interval}} steps", "每 {{interval}} 步评估一次"),
  "do-fewer-samples": w("Use {{samples}} images", "使用 {{samples}} 张图像"),
  "do-teach-compressed": w("Distil from the compressed network", "以压缩后的网络为教师"),

  "unknown-block": w("“{{block}}” is no method of this studio.", "“{{block}}”不是本工作室的方法。"),
  "unknown-block-cure": w(
    "Remove the clip, or open the document in a newer studio.",
    "移除该片段，或在更新版本中打开。",
  ),
  "unknown-network": w("There is no network “{{id}}” to begin with.", "没有可作为起点的网络“{{id}}”。"),
  "unknown-network-cure": w("Choose a network from the menu.", "从菜单中选择网络。"),
  "duplicate-id": w("Two clips are called “{{clip}}”.", "有两个片段都叫“{{clip}}”。"),
  "duplicate-id-cure": w("Remove one of them.", "移除其中一个。"),
  "invalid-params": w("“{{parameter}}” has a value that it cannot have.", "参数“{{parameter}}”的取值无效。"),
  "invalid-params-cure": w(
    "It is “{{got}}”; expected {{expected}}. Correct it, or reset it.",
    "当前为“{{got}}”，需要 {{expected}}。请修正或重置。",
  ),
  "needs-length": w("This method needs time to train.", "此方法需要训练时间。"),
  "needs-length-cure": w("Stretch the clip.", "拉长该片段。"),
  "needs-instant": w("This method happens at one instant.", "此方法在一个瞬间完成。"),
  "needs-instant-cure": w("Set its length to 0.", "将其长度设为 0。"),
  "schedule-needs-length": w(
    "Its schedule needs a length; the clip is an instant.",
    "其进度安排需要时长，而该片段是瞬时的。",
  ),
  "schedule-needs-length-cure": w(
    "Stretch the clip, or choose the one-shot schedule.",
    "拉长该片段，或选择一次性剪枝。",
  ),
  "missing-teacher": w("Nobody teaches.", "没有教师。"),
  "missing-teacher-cure": w("Choose a teacher.", "选择教师。"),
  "unused-teacher": w("A teacher is named, and this method has none.", "指定了教师，但此方法不需要教师。"),
  "unused-teacher-cure": w("Remove the teacher.", "移除教师。"),
  "teacher-unknown-clip": w(
    "Its teacher comes from “{{teacher}}”, which is not on the timeline.",
    "教师来自“{{teacher}}”，但时间线上没有它。",
  ),
  "teacher-unknown-clip-cure": w("Choose another teacher.", "选择其他教师。"),
  "teacher-not-ready": w(
    "Its teacher, “{{teacher}}”, is not finished when this clip begins.",
    "此片段开始时教师“{{teacher}}”尚未完成。",
  ),
  "teacher-not-ready-cure": w("Start later, or choose another teacher.", "推迟开始，或选择其他教师。"),
  "teacher-unsupported": w("This method needs a frozen teacher.", "此方法需要固定的教师。"),
  "teacher-unsupported-cure": w(
    "Choose the original, an earlier clip, or a network of the zoo.",
    "选择原始网络、之前的片段或预训练网络。",
  ),
  "unknown-reference": w("There is no network “{{id}}”.", "没有名为“{{id}}”的网络。"),
  "unknown-reference-cure": w("Choose one of the list.", "从列表中选择。"),
  "layer-width": w("Layer “{{layer}}” cannot have {{bits}} bits here.", "此处层“{{layer}}”不能使用 {{bits}} 位。"),
  "layer-width-cure": w("Let it follow the clip.", "使其与片段一致。"),
  "same-values": w(
    "“{{other}}” quantizes the same weights over the same steps.",
    "“{{other}}”在相同的步内量化同样的权重。",
  ),
  "same-values-cure": w("Let one begin when the other has ended.", "让其中一个在另一个结束后开始。"),
  "prune-after-quantize": w(
    "Prunes after “{{other}}” has quantized: rounded weights are ranked.",
    "在“{{other}}”量化之后剪枝：依据的是舍入后的权重。",
  ),
  "prune-after-quantize-cure": w("Prune first, then quantize.", "先剪枝，后量化。"),
  "normalization-folded": w(
    "It reads batch normalization, which “{{other}}” folds away before this clip ends.",
    "此方法依赖批归一化，而“{{other}}”在此片段结束前已将其折叠。",
  ),
  "normalization-folded-cure": w(
    "Quantize after it, or let the quantizer fold in the file only.",
    "在其后量化，或让量化器仅在文件中折叠。",
  ),
  "quantize-without-recovery": w(
    "{{bits}}-bit weights lose much where nothing trains afterwards.",
    "{{bits}} 位权重若无后续训练会损失较多精度。",
  ),
  "quantize-without-recovery-cure": w(
    "Use fake quantization, or let a clip train behind it.",
    "改用伪量化，或在其后安排训练片段。",
  ),
  "prune-without-recovery": w("Nothing trains after this pruning.", "此次剪枝之后没有训练。"),
  "prune-without-recovery-cure": w("Add a fine-tuning or distillation clip behind it.", "在其后添加微调或蒸馏片段。"),
  "hot-labels-few-bits": w(
    "So high a temperature is too soft for the few bits of “{{other}}”.",
    "温度过高，软标签对“{{other}}”的低位宽权重过于平缓。",
  ),
  "hot-labels-few-bits-cure": w("Lower the temperature to {{mild}} at most.", "将温度降到 {{mild}} 以下。"),
  gap: w("Nothing trains from step {{from}} to {{to}}.", "第 {{from}} 步到第 {{to}} 步之间没有训练。"),
  "gap-cure": w("Move the clips together, or cover the gap with a fine-tuning clip.", "将片段靠拢，或用微调片段填补。"),
  "many-points": w(
    "A point every {{every}} steps is more than the {{most}} that a chart can show; one every {{interval}} is taken.",
    "每 {{every}} 步一个点超过图表可显示的 {{most}} 个；实际每 {{interval}} 步取一个点。",
  ),
  "many-points-cure": w("Evaluate every {{interval}} steps.", "将评估间隔设为 {{interval}} 步。"),
  "too-many-samples": w("It asks for more images than the document trains on.", "所需图像多于文档的训练图像。"),
  "too-many-samples-cure": w(
    "Use at most {{train}} instead of {{samples}}, or raise the number of training images.",
    "将 {{samples}} 张减至至多 {{train}} 张，或增加训练图像数。",
  ),
  "model-discards": w(
    "It replaces the network that was compressed before, and nothing learns from that one.",
    "它替换了先前压缩过的网络，而没有任何片段向其学习。",
  ),
  "model-discards-cure": w(
    "Distil from the compressed network, or remove the earlier clips.",
    "以压缩后的网络为教师进行蒸馏，或移除之前的片段。",
  ),
  "untrained-source": w("The network is untrained, and no clip trains it.", "网络未经训练，且没有片段训练它。"),
  "untrained-source-cure": w(
    "Start from a pretrained network, or add a fine-tuning clip.",
    "从预训练网络开始，或添加微调片段。",
  ),
} as const satisfies Record<
  | FindingCode
  | `${FindingCode}-cure`
  | `do-${CureKey}`
  | "label"
  | "error"
  | "warning"
  | "hint"
  | "none"
  | "show"
  | "cured",
  Words
>;
