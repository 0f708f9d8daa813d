/** What the threads of a browser and of Node have in common: they must answer in time, or all are ended. */

/** Most threads that compute at once: beyond, memory is what limits them. */
export const MAX_THREADS = 8;

/** In which a thread must have linked its kernels. */
export const ANSWER_MS = 2000;

export interface StartingThread {
  /** Resolves when the thread has linked its kernels, rejects when it failed. */
  readonly ready: Promise<void>;
  end(): void;
}

/** Waits for all to be ready. @throws Error when one is not in that time, with all of them ended */
export async function allReady(threads: readonly StartingThread[], answerMs = ANSWER_MS): Promise<{ end(): void }> {
  const end = (): void => {
    for (const thread of threads) thread.end();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${threads.length} threads were expected to start, got no answer in ${answerMs} ms`)),
      answerMs,
    );
  });
  try {
    await Promise.race([Promise.all(threads.map(({ ready }) => ready)), late]);
  } catch (error) {
    end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return { end };
}
