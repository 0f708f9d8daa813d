/**
 * How threads share the work of a kernel: a list of tasks in shared memory, of which each thread takes the next until
 * none is left. A task is one call of an exported function. Plain JavaScript, since threads of Node load it as it is.
 *
 * Whoever takes a ticket owns a task of the present list: tickets are counted down from the number of tasks, and given
 * out anew only when all tasks of the list before are done.
 */

/** Places in the header, 32-bit integers; those that are waited on lie in cache lines of their own. */
export const TICKETS = 0;
export const DONE = 16;
export const COUNT = 32;
export const FAILED = 33;
/** Bytes of the header. */
export const HEADER_BYTES = 192;

/** Tickets are this when the threads are to end. */
export const ENDED = -1;

/** Numbers of a task: function, argument that is working memory or -1, its address and step, how many arguments, arguments. */
export const TASK_LENGTH = 32;
export const TASK_ARGUMENTS = 5;

/** How often a thread looks for work before it sleeps: some tens of microseconds, in which the next kernel often comes. */
const LOOKS = 4000;

/**
 * Takes tasks until none is left.
 *
 * @param header Int32Array over the header
 * @param tasks Float64Array over the tasks
 * @param functions the exports that tasks call, by index
 * @param thread number of this thread, which decides its working memory
 * @returns false when the threads are to end
 */
export function runTasks(header, tasks, functions, thread) {
  for (;;) {
    const left = Atomics.load(header, TICKETS);
    if (left <= 0) return left !== ENDED;
    if (Atomics.compareExchange(header, TICKETS, left, left - 1) !== left) continue;
    const count = header[COUNT];
    try {
      runTask(tasks, (left - 1) * TASK_LENGTH, functions, thread);
    } catch {
      Atomics.store(header, FAILED, 1);
    }
    if (Atomics.add(header, DONE, 1) + 1 === count) Atomics.notify(header, DONE);
  }
}

function runTask(tasks, at, functions, thread) {
  const from = at + TASK_ARGUMENTS;
  const values = Array.from(tasks.subarray(from, from + tasks[at + 4]));
  const scratch = tasks[at + 1];
  if (scratch >= 0) values[scratch] = tasks[at + 2] + thread * tasks[at + 3];
  functions[tasks[at]](...values);
}

/**
 * Links the compiled kernels of a thread and says how it serves: until the threads are to end.
 *
 * @param start { module, memory, control, tasks, scratch, thread }: what is linked, addresses and counts
 */
export function linkThread({ module, memory, control, maxTasks, scratch, thread }) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.setScratch(scratch);
  const functions = Object.values(exports);
  const header = new Int32Array(memory.buffer, control, HEADER_BYTES / 4);
  const tasks = new Float64Array(memory.buffer, control + HEADER_BYTES, maxTasks * TASK_LENGTH);
  return function serve() {
    while (runTasks(header, tasks, functions, thread)) {
      let looks = 0;
      while (Atomics.load(header, TICKETS) === 0 && looks < LOOKS) looks++;
      if (looks === LOOKS) Atomics.wait(header, TICKETS, 0);
    }
  };
}
