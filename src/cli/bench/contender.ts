/**
 * A contender of a throughput benchmark: a process of its own that measures what it is asked to and waits. One line of
 * JSON each way, the same for ours (`contender-main.ts`) and for PyTorch (`scripts/torch-throughput.py`), so that they
 * can be asked in turns: a machine that slows down in between disturbs all of them.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { EngineError } from "#engine/core/errors";
import type { BuildId } from "#engine/zoo/build-ids";

export type Work = "train" | "infer";

export interface Request {
  readonly network: BuildId;
  readonly batch: number;
  readonly work: Work;
  /** Of measurement, about. */
  readonly seconds: number;
}

export interface Answer {
  readonly imagesPerSecond: number;
  /** That train, batch normalization not folded: whether two contenders speak of the same network. */
  readonly parameters: number;
}

/** The first line a contender says. */
export interface Greeting {
  /** Of PyTorch or of tfjs. */
  readonly version: string;
  readonly threads: number;
  /** What the backend makes use of, e.g. `simd, relaxed`. */
  readonly features: string;
}

/** How the arguments of one of ours are given, as JSON. */
export interface OwnContender {
  /** `stock`: tfjs' wasm backend with its own kernels alone. */
  readonly backend: "wasm" | "stock" | "cpu";
  readonly threads: number;
}

export interface Contender extends Greeting {
  measure(request: Request): Promise<Answer>;
  end(): void;
}

/** @param flags for Node, e.g. to switch on an instruction set */
export const startOwn = (own: OwnContender, flags: readonly string[] = []): Promise<Contender> =>
  start(process.execPath, [
    ...process.execArgv,
    ...flags,
    fileURLToPath(new URL("./contender-main.ts", import.meta.url)),
    JSON.stringify(own),
  ]);

export const startTorch = (python: string, threads: number): Promise<Contender> =>
  start(python, [fileURLToPath(new URL("../../../scripts/torch-throughput.py", import.meta.url)), String(threads)]);

/** @throws EngineError `internal` with the end of what it wrote to standard error when the process dies */
async function start(command: string, args: readonly string[]): Promise<Contender> {
  const child: ChildProcessWithoutNullStreams = spawn(command, args);
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gone = new Promise<never>((_, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      reject(new EngineError("internal", `${command} was expected to answer, got exit code ${code}: ${complaint}`));
    });
  });
  gone.catch(() => undefined);
  const nextLine = async (): Promise<unknown> => {
    const next = await Promise.race([lines.next(), gone]);
    return next.done ? gone : JSON.parse(next.value);
  };
  const greeting = (await nextLine()) as Greeting;
  return {
    ...greeting,
    async measure(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return (await nextLine()) as Answer;
    },
    end: () => child.stdin.end(),
  };
}
