/**
 * How cost grows with what there is to do: time per unit, and the exponent of the power law that fits. About 1 is what
 * is meant; a fixed cost of each step makes it less, anything quadratic more.
 */
import { encodeArtefact } from "#engine/codecs/artefact";
import { plainSnapshot } from "#engine/core/snapshot";
import { openDataset } from "#engine/datasets/dataset";
import { macsOf, originalBytes } from "#engine/metrics/accounting";
import { evaluate } from "#engine/tasks/classification";
import { inferenceModel } from "#engine/training/evaluate";
import { builders } from "#engine/zoo/builders";
import { networkBuilder } from "#engine/zoo/builder";
import { initializeValues } from "#engine/zoo/initialize";
import { nodePlatform, useBackend } from "../context";
import { type Benchmark, type Figure, fittedExponent } from "./benchmark";
import { inference, measured, millisecondsOf, training } from "./workload";

/** What grows, in which unit, and how long it took at each size. */
interface Series {
  readonly what: string;
  readonly unit: string;
  readonly points: readonly { readonly size: number; readonly milliseconds: number }[];
}

const linear = { atMost: 1.15 };

/** A row for each size, and the exponent with its goal. */
function figuresOf({ what, unit, points }: Series): Figure[] {
  const table = `${what}, ms`;
  const rows = points.flatMap(({ size, milliseconds }): Figure[] => {
    const row = `${Number(size.toPrecision(4)).toLocaleString("en-US")} ${unit}`;
    const cell = (column: string) => ({ table, row, column });
    return [
      { name: `${what} at ${row}`, value: milliseconds, unit: "ms", cell: cell("in all") },
      {
        name: `${what} at ${row}, each`,
        value: (1000 * milliseconds) / size,
        unit: "ms",
        cell: cell(`per 1,000 ${unit}`),
      },
    ];
  });
  const value = fittedExponent(points.map(({ size, milliseconds }) => [size, milliseconds]));
  return [...rows, { name: `${what}: exponent over ${unit}`, value, unit: "exponent", goal: linear }];
}

async function overBatch(seconds: number, quick: boolean): Promise<Series> {
  const points = [];
  for (const size of quick ? [16, 64, 256] : [16, 32, 64, 128, 256, 512]) {
    points.push({ size, milliseconds: await measured(training(builders.lenet5c(), size), seconds) });
  }
  return { what: "a training step of lenet5c", unit: "images", points };
}

async function overWidth(work: "training" | "inference", seconds: number): Promise<Series> {
  const points = [];
  for (const name of ["cnn-m/4", "cnn-m/2", "cnn-m"] as const) {
    const network = builders[name]();
    const workload = work === "training" ? training(network, 64) : inference(network, 64);
    points.push({ size: macsOf(network) / 1e6, milliseconds: await measured(workload, seconds) });
  }
  return { what: `${work} of cnn-m/4, cnn-m/2 and cnn-m, batch 64`, unit: "million MACs", points };
}

async function overBytes(seconds: number, quick: boolean): Promise<Series> {
  const points = [];
  for (const units of quick ? [64, 256, 1024] : [64, 128, 256, 512, 1024]) {
    const b = networkBuilder("dense", [784]);
    const network = b.build(b.dense(b.activation(b.dense(b.input, { units })), { units: 10 }, "logits"));
    const snapshot = plainSnapshot(network, initializeValues(network, 1));
    const step = () => {
      encodeArtefact(snapshot);
      return Promise.resolve();
    };
    points.push({ size: originalBytes(network) / 1000, milliseconds: await millisecondsOf({ step }, seconds) });
  }
  return { what: "encoding a dense network", unit: "kB", points };
}

async function overImages(seconds: number, quick: boolean): Promise<Series> {
  const data = await (await openDataset("mnist", nodePlatform())).load("test", { seed: 1 });
  const network = builders["mlp-300-100"]();
  const model = inferenceModel(plainSnapshot(network, initializeValues(network, 1)));
  const points = [];
  for (const size of quick ? [1000, 4000] : [1000, 2000, 4000, 8000]) {
    const step = async () => {
      await evaluate(model, data, { count: size });
    };
    points.push({ size, milliseconds: await millisecondsOf({ step }, seconds) });
  }
  model.dispose();
  return { what: "evaluating mlp-300-100", unit: "images", points };
}

export const growth: Benchmark = {
  name: "growth",
  description: "whether cost is about linear in batch, width, bytes and images",
  byDefault: true,
  async run({ quick, report }) {
    await useBackend(nodePlatform(), "wasm");
    const seconds = quick ? 0.3 : 1.5;
    const figures: Figure[] = [];
    for (const [name, series] of [
      ["batch", () => overBatch(seconds, quick)],
      ["width, training", () => overWidth("training", seconds)],
      ["width, inference", () => overWidth("inference", seconds)],
      ["bytes", () => overBytes(seconds, quick)],
      ["images", () => overImages(seconds, quick)],
    ] as const) {
      report(name);
      figures.push(...figuresOf(await series()));
    }
    return figures;
  },
};
