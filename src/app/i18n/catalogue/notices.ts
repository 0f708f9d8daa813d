import { words as w } from "../../../survey/words";

/** What is told in a corner; the engine's own words follow where there are any. */
export const notices = {
  label: w("Notices", "通知"),
  dismiss: w("Dismiss", "关闭通知"),
  runFailed: w("The run has failed.", "运行失败。"),
  guardTookBack: w(
    "The accuracy guard of {{clip}} took a decision back: {{metric}} went from {{reference}} to {{score}}. The clip decides no more.",
    "{{clip}} 的准确率保护撤回了一次决策：{{metric}}从 {{reference}} 变为 {{score}}。该片段不再决策。",
  ),
  respawned: w(
    "The engine had to be started again; the run goes on from its last boundary.",
    "引擎已重新启动；运行从最近的边界继续。",
  ),
  respawnedIdle: w("The engine had to be started again.", "引擎已重新启动。"),
  backendFailed: w("That backend cannot be used here.", "此后端在此不可用。"),
  libraryFailed: w("The list of networks and data could not be read.", "无法读取网络与数据列表。"),
  downloadFailed: w("The file could not be made.", "无法生成文件。"),
  storageRefused: w(
    "This browser keeps nothing for the page at the moment: what you do lasts until you close it. The next edit tries again; save the timeline as a file to be sure.",
    "浏览器目前不为本页面保存数据：你的操作只保留到关闭页面。下次编辑时会再试；为保险起见，请将时间线另存为文件。",
  ),
  storageFull: w(
    "The browser's storage for this page is full: the last changes are kept in memory only. Remove documents, runs or stored files; the next edit tries again.",
    "浏览器分配给本页面的存储空间已满：最近的更改只保留在内存中。请移除文档、运行记录或已存文件；下次编辑时会再试。",
  ),
  documentsDamaged: w(
    "Kept documents that cannot be read: {{number}}. They are left as they are; the document menu lists them.",
    "有 {{number}} 份已保存的文档无法读取。它们保持原样，可在文档菜单中查看。",
  ),
  documentUnreadable: w("The document cannot be read.", "无法读取该文档。"),
  runsDamaged: w(
    "Kept runs that cannot be read: {{number}}. They are left out.",
    "有 {{number}} 条已保存的运行记录无法读取，已略过。",
  ),
  workingOnCopy: w(
    "This timeline is open in another tab; here you work on a copy.",
    "此时间线已在另一个标签页中打开；你在这里编辑的是副本。",
  ),
  linkBroken: w("The link cannot be read; your own timeline is as it was.", "无法读取该链接；你自己的时间线保持不变。"),
  linkCopied: w(
    "The link is copied. The whole timeline is in it, and nothing else.",
    "链接已复制，其中只包含整条时间线。",
  ),
  linkCopiedNeeds: w(
    "The link is copied. Whoever opens it needs these files too: {{files}}",
    "链接已复制。打开者还需要这些文件：{{files}}",
  ),
  dataFollows: w(
    "{{network}} was trained on {{data}}: the data is {{data}} now. Undo brings both back.",
    "{{network}} 是在 {{data}} 上训练的：数据已改为 {{data}}。撤销可同时恢复二者。",
  ),
  networkOfOtherData: w(
    "The network was trained on {{data}}. Choose one that was trained on the new data, or let it learn.",
    "该网络是在 {{data}} 上训练的。请选择在新数据上训练的网络，或让它重新学习。",
  ),
  filesFailed: w("The files could not be opened.", "无法打开这些文件。"),
  forgetFailed: w("The stored file could not be removed.", "无法移除已存文件。"),
} as const;
