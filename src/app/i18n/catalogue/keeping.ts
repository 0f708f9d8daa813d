import { words as w } from "../../../survey/words";

/** What is kept over a reload, and what is asked about it. */
export const keeping = {
  interrupted: w("An interrupted run", "中断的运行"),
  interruptedWhat: w(
    "The run of “{{name}}” has not got further after several reloads; it had reached step {{step}}. It is not started again by itself.",
    "“{{name}}”的运行在多次刷新后没有进展，此前已到第 {{step}} 步。它不会自动重新开始。",
  ),
  interruptedStart: w("Start it again", "重新开始"),
  interruptedLeave: w("Leave it", "放弃"),
  recent: w("Recent timelines", "最近的时间线"),
  recentNone: w("None are kept yet: the first edit keeps this one.", "尚无已保存的时间线：首次编辑后即会保存。"),
  removeDocument: w("Remove “{{name}}”", "移除“{{name}}”"),
  atHand: w("open here", "当前打开"),
  clips: w("clips: {{number}}", "{{number}} 个片段"),
  unreadable: w("cannot be read", "无法读取"),
} as const;
