/** Threads of compiled kernels in Node: worker_threads, which do not keep the process alive. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { KernelThreads } from "#engine/core/ports";
import { allReady, ANSWER_MS, MAX_THREADS, type StartingThread } from "./start-threads";

/** @param answerMs how long a thread may take to start; a busy machine may need more than the 2 s by default */
export function nodeThreads(answerMs = ANSWER_MS): KernelThreads {
  const available = Math.min(availableParallelism(), MAX_THREADS);
  return {
    available,
    ...(available === 1 ? { unavailable: "one core" as const } : {}),
    readBinary: (path) => readFile(path),
    start: (messages) => allReady(messages.map(startThread), answerMs),
  };
}

function startThread(message: unknown): StartingThread {
  const worker = new Worker(new URL("./kernel-thread.node.mjs", import.meta.url), {
    workerData: message,
    execArgv: [],
  });
  worker.unref();
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`a thread was expected to serve, it ended with code ${code}`)));
  });
  return { ready, end: () => void worker.terminate() };
}
