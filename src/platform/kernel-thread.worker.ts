/** A thread of compiled kernels in a browser. */
import { linkThread, type ThreadStart } from "../engine/backend/kernel-tasks.mjs";

self.addEventListener("message", ({ data }: MessageEvent<ThreadStart>) => {
  const serve = linkThread(data);
  self.postMessage("ready");
  serve();
});
