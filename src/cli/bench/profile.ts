/** Where the time of a training step goes: the costliest kernels of some networks at batch 64 on wasm. */
import { profileKernels } from "#engine/backend/kernel-profile";
import { builders } from "#engine/zoo/builders";
import { nodePlatform, useBackend } from "../context";
import type { Benchmark, Figure } from "./benchmark";
import { featuresOf } from "./features";
import { training } from "./workload";

const batch = 64;
const shown = 8;

/** One table: kernels by their own time, then what they leave of the step. */
async function profiled(name: "lenet5c" | "cnn-m" | "resnet8", steps: number, features: string): Promise<Figure[]> {
  const workload = training(builders[name](), batch);
  const profile = profileKernels("wasm", () => performance.now());
  try {
    for (let i = 0; i < 3; i++) await workload.step();
    profile.reset();
    const from = performance.now();
    for (let i = 0; i < steps; i++) await workload.step();
    const whole = (performance.now() - from) / steps;
    const times = profile.times();
    const table = `${name}, batch ${batch}, ${features}: ${whole.toFixed(1)} ms a step`;
    const line = (row: string, milliseconds: number, calls: number | null): Figure[] => {
      const name_ = `${name}: ${row}`;
      const cell = (column: string) => ({ table, row, column });
      return [
        { name: `${name_}, time`, value: milliseconds, unit: "ms a step", cell: cell("ms a step") },
        { name: `${name_}, share`, value: (100 * milliseconds) / whole, unit: "%", cell: cell("%") },
        { name: `${name_}, calls`, value: calls, unit: "calls", note: "", cell: cell("calls a step") },
      ];
    };
    const sum = (of: typeof times) => of.reduce((total, t) => total + t.milliseconds, 0) / steps;
    const others = times.slice(shown);
    return [
      ...times.slice(0, shown).flatMap((t) => line(t.kernel, t.milliseconds / steps, t.calls / steps)),
      ...line(`${others.length} other kernels`, sum(others), others.reduce((n, t) => n + t.calls, 0) / steps),
      ...line("outside kernels", whole - sum(times), null),
    ];
  } finally {
    profile.end();
    workload.dispose();
  }
}

export const profile: Benchmark = {
  name: "profile",
  description: "which kernels the time of a training step goes to",
  byDefault: true,
  async run({ quick, report }) {
    const features = featuresOf(await useBackend(nodePlatform(), "wasm"));
    const figures: Figure[] = [];
    for (const name of ["lenet5c", "cnn-m", "resnet8"] as const) {
      report(name);
      figures.push(...(await profiled(name, quick ? 5 : 20, features)));
    }
    return figures;
  },
};
