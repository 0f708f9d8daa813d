export const TICKETS: number;
export const DONE: number;
export const COUNT: number;
export const FAILED: number;
export const HEADER_BYTES: number;
export const ENDED: number;
export const TASK_LENGTH: number;
export const TASK_ARGUMENTS: number;

/** What a thread is started with; it can be posted to a worker. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the header, with the tasks behind it. */
  readonly control: number;
  readonly maxTasks: number;
  /** Address of the thread's fixed working memory. */
  readonly scratch: number;
  /** From 1; the calling thread is 0. */
  readonly thread: number;
}

type KernelFunction = (...values: number[]) => unknown;

/** Takes tasks until none is left; false when the threads are to end. */
export function runTasks(
  header: Int32Array,
  tasks: Float64Array,
  functions: readonly KernelFunction[],
  thread: number,
): boolean;

/** Links the compiled kernels on a thread; the result serves until the threads are to end, and blocks it. */
export function linkThread(start: ThreadStart): () => void;
