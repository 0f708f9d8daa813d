/** Progress on stderr: a bar with ETA on a terminal, plain lines otherwise. */
import { Presets, SingleBar } from "cli-progress";
import type { RunProgress } from "#engine/run/observer";

export interface Progress {
  load(loaded: number, total: number): void;
  train(progress: RunProgress): void;
  /** A line of its own, above the bar. */
  line(text: string): void;
  stop(): void;
}

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) {
    return {
      load: () => undefined,
      train: () => undefined,
      line: (text) => void stream.write(`${text}\n`),
      stop: () => undefined,
    };
  }
  const bar = new SingleBar(
    {
      stream,
      format: "{bar} {percentage} % · {what} {value}/{total} · {eta_formatted} left",
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 60,
    },
    Presets.shades_classic,
  );
  let showing: string | undefined;
  const show = (what: string, value: number, total: number) => {
    if (showing !== what) {
      bar.stop();
      bar.start(total, value, { what });
      showing = what;
    }
    bar.update(value, { what });
  };
  const stop = () => {
    bar.stop();
    showing = undefined;
  };
  return {
    load: (loaded, total) => show("bytes loaded", loaded, total),
    train: ({ trained, toTrain, trial }) => {
      if (!trial) show("step", trained, toTrain);
      else if (trial.of === null) show(`step of trial ${trial.number}`, trial.step, trial.steps);
      else show("trial", trial.number, trial.of);
    },
    line(text) {
      stop();
      stream.write(`${text}\n`);
    },
    stop,
  };
}
