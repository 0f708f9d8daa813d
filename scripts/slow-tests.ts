/**
 * A reporter of vitest's that says which tests cost more than CONTRIBUTING allows: `npm run test:slow`. It fails nothing,
 * as a machine that is busy with other work is slow as well.
 */
import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";

/** What the tests of one block, or of one file that is no block's, may cost. */
export const mostMs = 5000;
/** What those of a block may cost in the mean over all blocks. */
export const meanMs = 2000;

/** Time of a test file, hooks included, imports not. */
export interface FileTime {
  /** From the repository's root, with slashes. */
  readonly file: string;
  readonly ms: number;
}

export interface SlowTests {
  /** Blocks' folders and other files above `mostMs`, the slowest first. */
  readonly above: readonly FileTime[];
  /** Mean over blocks; null where none was tested. */
  readonly blockMeanMs: number | null;
}

/** Files of one block count together, under its folder. */
export function slowTests(files: readonly FileTime[]): SlowTests {
  const blocks = new Map<string, number>();
  const others: FileTime[] = [];
  for (const { file, ms } of files) {
    const folder = /^src\/engine\/blocks\/(?!shared\/)[^/]+\/[^/]+(?=\/)/.exec(file)?.[0];
    if (folder === undefined) others.push({ file, ms });
    else blocks.set(folder, (blocks.get(folder) ?? 0) + ms);
  }
  const all = [...[...blocks].map(([file, ms]) => ({ file, ms })), ...others];
  const sum = [...blocks.values()].reduce((total, ms) => total + ms, 0);
  return {
    above: all.filter(({ ms }) => ms > mostMs).sort((a, b) => b.ms - a.ms),
    blockMeanMs: blocks.size === 0 ? null : sum / blocks.size,
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

// eslint-disable-next-line import-x/no-default-export -- vitest takes a reporter from there
export default class SlowTestsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const { above, blockMeanMs } = slowTests(
      modules.map((module) => ({
        file: relative(process.cwd(), module.moduleId).replaceAll("\\", "/"),
        ms: module.diagnostic().duration,
      })),
    );
    const mean = blockMeanMs === null ? "no block" : `${seconds(blockMeanMs)} in the mean of a block's tests`;
    process.stdout.write(`\n${mean}; at most ${seconds(meanMs)} is the rule, and ${seconds(mostMs)} for one\n`);
    for (const { file, ms } of above) process.stdout.write(`${seconds(ms).padStart(8)}  ${file}\n`);
  }
}
