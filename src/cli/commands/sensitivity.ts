/** `sensitivity DOC`: what each layer can do without, as a table, and ratios chosen from it. */
import { writeFile } from "node:fs/promises";
import { EngineError } from "#engine/core/errors";
import { RunControl } from "#engine/run/control";
import type { TimelineDocument } from "#engine/document/document";
import { scanSensitivity } from "#engine/studies/sensitivity";
import {
  type Budget,
  ratiosForBudget,
  ratiosWithinLoss,
  type SensitivityPlan,
  type SensitivityTable,
} from "#engine/document/sensitivity-plan";
import { formatMetric, metricInfo, type MetricId } from "#engine/tasks/metrics/catalogue";
import { assertValid } from "#engine/document/validate";
import { nodePlatform, useBackend } from "../context";
import { readDocument } from "../document-input";
import { grouped, type OutputOptions, percent, print, table, wholeNumber } from "../output";
import { named, underItsName } from "../scores";
import { createProgress } from "../progress";

export interface SensitivityCommandOptions extends OutputOptions {
  readonly clip?: string;
  readonly images?: string;
  readonly within?: string;
  readonly budget?: string;
  readonly out?: string;
  readonly backend?: string;
  readonly set?: readonly string[];
}

export async function sensitivityCommand(reference: string, options: SensitivityCommandOptions): Promise<void> {
  const choose = chooser(options);
  const images = options.images === undefined ? undefined : wholeNumber("--images", options.images);
  const document = await readDocument(reference, { set: options.set });
  assertValid(document);
  if (options.out !== undefined && (options.clip === undefined || !choose)) {
    throw new EngineError("usage", "--out expected --clip and one of --within and --budget, which give its ratios");
  }
  const platform = nodePlatform();
  const { backend } = await useBackend(platform, options.backend);
  const control = new RunControl();
  const interrupt = () => control.cancel();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const progress = createProgress();
  let found: SensitivityTable;
  let scoredBy: MetricId = "accuracy";
  try {
    found = await scanSensitivity(
      document,
      {
        clipId: options.clip ?? null,
        images,
        onBase: ({ metric }) => (scoredBy = metric),
        onCell: ({ layer, ratio, score }) =>
          progress.line(`${layer} without ${percent(ratio)}: ${formatMetric(scoredBy, score)}`),
      },
      {
        platform,
        backend,
        control,
        onLoad: (_, loaded, total) => progress.load(loaded, total),
        onProgress: ({ trained, toTrain }) => progress.train({ step: trained, steps: toTrain, trained, toTrain }),
      },
    );
  } finally {
    progress.stop();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
  const plan = choose?.(found);
  if (options.out !== undefined && options.clip !== undefined && plan) {
    await writeFile(options.out, `${JSON.stringify(withRatios(document, options.clip, plan), undefined, 2)}\n`);
  }
  const { cells, ...base } = found;
  const { metric } = base;
  const json = {
    ...(underItsName(base) as object),
    cells: metric === "accuracy" ? cells.map((cell) => underItsName({ ...cell, metric })) : cells,
    backend,
    ...(plan ? { plan: { ...plan, ratios: Object.fromEntries(plan.ratios) } } : {}),
  };
  print(json, [tableText(found), ...(plan ? ["", planText(found, plan)] : [])].join("\n"), options);
}

function chooser({
  within,
  budget,
}: SensitivityCommandOptions): ((found: SensitivityTable) => SensitivityPlan) | undefined {
  if (within !== undefined && budget !== undefined) {
    throw new EngineError("usage", "expected one of --within and --budget, got both");
  }
  if (within !== undefined) {
    const allowed = fraction("--within", within);
    return (found) => ratiosWithinLoss(found, allowed);
  }
  if (budget === undefined) return undefined;
  const [, of, share] = /^(bytes|macs)=(.+)$/.exec(budget) ?? [];
  if (of === undefined || share === undefined) {
    throw new EngineError("usage", `--budget expected bytes=<share> or macs=<share>, got '${budget}'`);
  }
  const wanted: Budget = { of: of === "bytes" ? "bytes" : "macs", share: fraction("--budget", share) };
  return (found) => ratiosForBudget(found, wanted);
}

function fraction(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) {
    throw new EngineError("usage", `${name} expected a fraction from 0 to 1, got '${text}'`);
  }
  return value;
}

/** Ratios replace what the clip said of these layers; which units it keeps stays. */
function withRatios(document: TimelineDocument, clipId: string, { ratios }: SensitivityPlan): TimelineDocument {
  return {
    ...document,
    clips: document.clips.map((clip) =>
      clip.id === clipId
        ? {
            ...clip,
            layers: {
              ...clip.layers,
              ...Object.fromEntries(
                [...ratios].map(([id, sparsity]) => [id, { ...clip.layers?.[id], sparsity }] as const),
              ),
            },
          }
        : clip,
    ),
  };
}

function tableText({ layers, ratios, cells, metric, score, images, kind }: SensitivityTable): string {
  const inPercent = metricInfo(metric).unit === "fraction";
  const head = [kind === "weights" ? "layer" : "channel group", "units", ...ratios.map(String)];
  const rows = layers.map(({ id, units }) => [
    id,
    grouped(units),
    ...ratios.map((ratio) => {
      const cell = cells.find((c) => c.layer === id && c.ratio === ratio);
      return cell ? (inPercent ? (100 * cell.score).toFixed(1) : cell.score.toPrecision(3)) : "";
    }),
  ]);
  return [
    `unpruned ${named(metric, formatMetric(metric, score))} on ${grouped(images)} validation images; with one layer pruned${inPercent ? ", in %" : ""}:`,
    table([head, ...rows]),
  ].join("\n");
}

function planText(
  { metric, bytes, macs }: SensitivityTable,
  { ratios, savedBytes, savedMacs, loss, reached }: SensitivityPlan,
) {
  return [
    reached ? "ratios:" : "the budget is out of reach; the largest ratios:",
    ...[...ratios].map(([id, ratio]) => `  ${id}  ${ratio}`),
    `estimated, each layer for itself: ${percent(savedBytes / bytes)} of the bytes, ${percent(savedMacs / macs)} of the MACs, ${formatMetric(metric, loss)} of ${metricInfo(metric).name.en} lost`,
  ].join("\n");
}
