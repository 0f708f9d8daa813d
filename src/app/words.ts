/** What the page says, in both languages. */
import { words } from "../survey/words";

export const pageWords = {
  title: words("Compression Studio", "压缩工作室"),
  example: words("Prune, quantize and distil at once", "同时剪枝、量化与蒸馏"),
  run: words("Run", "运行"),
  stop: words("Stop", "停止"),
  ready: words("ready", "就绪"),
  running: words("running", "运行中"),
  done: words("done", "完成"),
  step: words("step", "步"),
  clip: words("clip", "片段"),
  accuracy: words("accuracy (measured)", "准确率（实测）"),
  ratio: words("compression ratio (measured)", "压缩率（实测）"),
  bytes: words("bytes", "字节"),
};
