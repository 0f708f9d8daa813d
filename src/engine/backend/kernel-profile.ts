/**
 * Where the time of operations goes: while it is on, every kernel of a backend is timed. What a kernel spends in kernels
 * that it calls counts for those. The registry is put back as it was at the end.
 */
import * as tf from "@tensorflow/tfjs-core";

export interface KernelTime {
  readonly kernel: string;
  readonly calls: number;
  /** Of its own, in all calls. */
  readonly milliseconds: number;
}

export interface KernelProfile {
  /** Forgets what was counted, e.g. after warming up. */
  reset(): void;
  /** The costliest first. */
  times(): KernelTime[];
  /** Ends the timing. Kernels registered meanwhile stay. */
  end(): void;
}

/**
 * Times the kernels that are registered now, until `end`. A backend that computes elsewhere (a GPU) only shows what
 * handing over takes.
 *
 * @param backendName of a registered backend, e.g. `wasm`
 * @param now a clock in milliseconds
 */
export function profileKernels(backendName: string, now: () => number): KernelProfile {
  const spent = new Map<string, { calls: number; milliseconds: number }>();
  /** Of the kernels that the running one called. */
  let inner = 0;
  const before = tf.getKernelsForBackend(backendName);
  for (const config of before) {
    const { kernelName, kernelFunc } = config;
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      ...config,
      kernelFunc: (args) => {
        const outside = inner;
        inner = 0;
        const start = now();
        try {
          return kernelFunc(args);
        } finally {
          const whole = now() - start;
          const { calls, milliseconds } = spent.get(kernelName) ?? { calls: 0, milliseconds: 0 };
          spent.set(kernelName, { calls: calls + 1, milliseconds: milliseconds + whole - inner });
          inner = outside + whole;
        }
      },
    });
  }
  return {
    reset: () => {
      spent.clear();
    },
    times: () =>
      [...spent]
        .map(([kernel, { calls, milliseconds }]) => ({ kernel, calls, milliseconds }))
        .sort((a, b) => b.milliseconds - a.milliseconds),
    end() {
      for (const config of before) {
        tf.unregisterKernel(config.kernelName, backendName);
        tf.registerKernel(config);
      }
    },
  };
}
