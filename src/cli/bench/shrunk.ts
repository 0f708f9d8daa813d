/**
 * Whether a network that pruning made smaller is as much faster as it has fewer multiply-accumulates: filters of the
 * smallest L1 norm go from every layer, and inference of what is left is timed beside that of the whole, in turns.
 */
import { filterNorms } from "#engine/blocks/shared/pruning/filter-norms";
import { chooseUnits, targetGroups } from "#engine/blocks/shared/pruning/structured-pruning";
import type { Network } from "#engine/core/network";
import { plainSnapshot } from "#engine/core/snapshot";
import { macsOf } from "#engine/metrics/accounting";
import { removeChannels } from "#engine/surgery/remove-channels";
import type { BuildId } from "#engine/zoo/build-ids";
import { builders } from "#engine/zoo/builders";
import { initializeValues } from "#engine/zoo/initialize";
import { nodePlatform, useBackend } from "../context";
import { type Benchmark, type Figure, overRounds } from "./benchmark";
import { inference, measured } from "./workload";

const networks = ["lenet5c", "cnn-m", "resnet8", "mobile-t"] as const satisfies readonly BuildId[];
const sparsities = [0.5, 0.75] as const;
/**
 * Half of what MACs promise. Only of networks with half of their channels: with a quarter of them, what grows with the
 * channels (pooling, Winograd's transforms, the calls) outweighs what grows with their product.
 */
const goals: Readonly<Record<(typeof sparsities)[number], Figure["goal"]>> = { 0.5: { atLeast: 0.5 }, 0.75: undefined };
const batch = 32;
const rounds = 5;

function without(network: Network, sparsity: number): Network {
  const snapshot = plainSnapshot(network, initializeValues(network, 1));
  const groups = targetGroups(snapshot, "filters-and-units", "bench");
  const norms = filterNorms(snapshot, groups, { norm: "l1" });
  return removeChannels(snapshot, chooseUnits(snapshot, groups, norms, { sparsity, scope: "local" })).snapshot.network;
}

export const shrunk: Benchmark = {
  name: "shrunk",
  description: "whether pruned networks are as much faster as they have fewer MACs",
  byDefault: true,
  async run({ quick, report }) {
    await useBackend(nodePlatform(), "wasm");
    const seconds = quick ? 0.15 : 0.5;
    const figures: Figure[] = [];
    const ratios: Figure[] = [];
    for (const name of quick ? networks.slice(0, 2) : networks) {
      const whole = builders[name]();
      for (const sparsity of sparsities) {
        report(`${name}, ${sparsity * 100} % of filters and units gone`);
        const small = without(whole, sparsity);
        const promised = macsOf(whole) / macsOf(small);
        const speedups: number[] = [];
        for (let round = 0; round < rounds; round++) {
          const before = await measured(inference(whole, batch), seconds);
          speedups.push(before / (await measured(inference(small, batch), seconds)));
        }
        const row = `${name}, ${sparsity * 100} % gone`;
        const cell = (column: string) => ({ table: `inference at batch ${batch}, times`, row, column });
        figures.push(
          { name: `${row}: fewer MACs`, value: promised, unit: "ratio", cell: cell("fewer MACs") },
          { name: `${row}: faster`, ...overRounds(speedups), unit: "ratio", cell: cell("faster") },
        );
        ratios.push({
          name: `${row}: faster / fewer MACs`,
          ...overRounds(speedups.map((speedup) => speedup / promised)),
          unit: "ratio",
          goal: goals[sparsity],
        });
      }
    }
    return [...figures, ...ratios];
  },
};
