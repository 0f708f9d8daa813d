import { words as w } from "../../../survey/words";

export const status = {
  label: w("Status", "状态"),
  saved: w("saved", "已保存"),
  saving: w("saving …", "正在保存……"),
  notSaved: w("not saved", "未保存"),
  memoryOnly: w("kept until you close this page", "仅保留到关闭页面"),
  seed: w("seed {{seed}}", "随机种子 {{seed}}"),
  requests: w("nothing leaves this machine", "数据不离开本机"),
  at: w(
    "step {{step}} · {{metric}} {{score}} · ratio {{ratio}}",
    "第 {{step}} 步 · {{metric}} {{score}} · 压缩率 {{ratio}}",
  ),
} as const;
