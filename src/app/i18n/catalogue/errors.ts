import type { EngineErrorCode } from "../../../engine/core/errors";
import { type Words, words as w } from "../../../survey/words";

/** What an error means and how to mend it, by its code; what exactly was expected and came follows in the engine's words. */
export const errors = {
  "invalid-params": w(
    "A parameter has a value that it cannot have. Correct it in the inspector.",
    "某个参数的取值无效。请在检查器中修正。",
  ),
  "invalid-document": w(
    "The timeline document is not valid. Correct what is named below, or open another.",
    "时间线文档无效。请修正下述问题，或打开另一份文档。",
  ),
  "newer-version": w(
    "It was made by a newer studio. Open it there, or update this one.",
    "它由更新版本的工作室生成。请使用新版本打开。",
  ),
  "unknown-block": w(
    "A clip uses a method that this studio does not have. Remove the clip, or open the document in a newer studio.",
    "某个片段使用了本工作室没有的方法。请移除该片段，或在更新版本中打开。",
  ),
  "unknown-model": w(
    "There is no such network here. Choose one from the network menu.",
    "此处没有这个网络。请在网络菜单中选择。",
  ),
  "unknown-dataset": w(
    "There is no such data set here. Choose one from the data menu.",
    "此处没有这个数据集。请在数据菜单中选择。",
  ),
  "unknown-recipe": w("There is no such recipe here.", "此处没有这个配方。"),
  "unknown-format": w(
    "These files are of no kind that the studio reads. It reads .csnet files, a model.json with its weight files, IDX, NPZ and timeline documents (.json).",
    "无法识别这些文件。支持 .csnet 文件、model.json 及其权重文件、IDX、NPZ 与时间线文档（.json）。",
  ),
  "invalid-file": w(
    "The file does not hold what it should. Nothing was changed.",
    "文件内容不符合要求。未作任何更改。",
  ),
  "truncated-file": w(
    "The file is cut short. Fetch it again; nothing was changed.",
    "文件不完整。请重新获取；未作任何更改。",
  ),
  "corrupt-file": w(
    "The file is damaged. Fetch it again; nothing was changed.",
    "文件已损坏。请重新获取；未作任何更改。",
  ),
  "unsupported-layer": w(
    "The network has a layer that the studio cannot run. Nothing was changed.",
    "网络包含本工作室无法运行的层。未作任何更改。",
  ),
  "shape-mismatch": w(
    "Sizes do not fit each other: of a network and its data, or of a layer and its weights.",
    "尺寸不匹配：网络与数据，或层与权重之间不一致。",
  ),
  "not-prunable": w("This network has nothing that this method could remove.", "该网络没有此方法可去除的部分。"),
  "missing-teacher": w(
    "A distillation clip has no teacher. Choose one in the inspector.",
    "蒸馏片段缺少教师。请在检查器中选择。",
  ),
  "asset-missing": w(
    "A file that is needed is not there. Open it again, or reload the page.",
    "缺少所需的文件。请重新打开该文件，或刷新页面。",
  ),
  "asset-corrupt": w("A file of the studio is damaged. Reload the page.", "工作室自带的文件已损坏。请刷新页面。"),
  "backend-unavailable": w(
    "That engine cannot compute here. Choose another one from the badge in the bar.",
    "此后端在此无法计算。请在顶栏中选择其他后端。",
  ),
  diverged: w(
    "Training has diverged: the loss is no number any more. Lower the learning rate, or prune less at once.",
    "训练发散：损失已不是有限数值。请降低学习率，或减小单次剪枝量。",
  ),
  cancelled: w("Stopped.", "已停止。"),
  "engine-died": w("The engine ended unexpectedly. Try again.", "引擎意外终止。请重试。"),
  usage: w("The page asked the engine for something it does not do.", "页面向引擎发出了无效请求。"),
  internal: w("Something went wrong in the studio itself.", "工作室内部出错。"),
} as const satisfies Record<EngineErrorCode, Words>;
