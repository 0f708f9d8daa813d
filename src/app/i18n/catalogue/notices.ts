import { words as w } from "../../../survey/words";

/** What is told in a corner; the engine's own words follow where there are any. */
export const notices = {
  label: w("Notices", "通知"),
  dismiss: w("Dismiss", "关闭通知"),
  runFailed: w("The run has failed.", "运行失败。"),
  respawned: w(
    "The engine had to be started again; the run goes on from its last boundary.",
    "引擎已重新启动；运行从最近的边界继续。",
  ),
  respawnedIdle: w("The engine had to be started again.", "引擎已重新启动。"),
  backendFailed: w("That backend cannot be used here.", "此后端在此不可用。"),
  libraryFailed: w("The list of networks and data could not be read.", "无法读取网络与数据列表。"),
  downloadFailed: w("The file could not be made.", "无法生成文件。"),
} as const;
