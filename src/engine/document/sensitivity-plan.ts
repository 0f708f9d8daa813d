/**
 * What each layer can do without, and ratios chosen from it. Pure and light: the page solves it as its sliders move.
 */

import { merit, type MetricId } from "../tasks/metrics/catalogue";

/** The ratios that a scan tries. */
export const sensitivityRatios: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** What is pruned for a scan: channels by the L1 norm of their filters, or weights by magnitude. */
export type SensitivityKind = "structured" | "weights";

export interface SensitivityLayer {
  /** Names it in `clip.layers`: a channel group, or a layer. */
  readonly id: string;
  /** Filters, hidden units, or weights. */
  readonly units: number;
}

/** The network with this layer alone pruned, nothing trained since. */
export interface SensitivityCell {
  readonly layer: string;
  /** Fraction removed. */
  readonly ratio: number;
  /** Measured on validation images. */
  readonly score: number;
  /** Computed: fp32 bytes and multiply-accumulates less than before. */
  readonly savedBytes: number;
  readonly savedMacs: number;
}

/** What is known when a scan begins. */
export interface SensitivityBase {
  readonly kind: SensitivityKind;
  readonly layers: readonly SensitivityLayer[];
  readonly ratios: readonly number[];
  /** What scores are: the task's main figure. */
  readonly metric: MetricId;
  /** Of the network before, on the same images. */
  readonly score: number;
  readonly images: number;
  /** fp32, batch normalization folded; weights that are gone already count as none where weights go. */
  readonly bytes: number;
  readonly macs: number;
}

export interface SensitivityTable extends SensitivityBase {
  readonly cells: readonly SensitivityCell[];
}

/** Layer id -> fraction to remove; layers that keep everything are absent. */
export type LayerRatios = ReadonlyMap<string, number>;

/** A choice of ratios with what each layer alone would save and lose, added up: an estimate, as layers act on each other. */
export interface SensitivityPlan {
  readonly ratios: LayerRatios;
  readonly savedBytes: number;
  readonly savedMacs: number;
  /** Sum of what the layers lose of the score, in its unit. */
  readonly loss: number;
  /** Whether the budget is met. */
  readonly reached: boolean;
}

interface Rung {
  readonly ratio: number;
  /** Score lost; never less than at a smaller ratio, so that a lucky cell earns nothing. */
  readonly loss: number;
  readonly savedBytes: number;
  readonly savedMacs: number;
}

const nothing: Rung = { ratio: 0, loss: 0, savedBytes: 0, savedMacs: 0 };

/** Of each layer its ratios from 0 upwards, as far as they are known. */
function ladders({
  layers,
  cells,
  metric,
  score,
}: SensitivityTable): (readonly [id: string, rungs: readonly Rung[]])[] {
  return layers.map(({ id }) => {
    const own = cells.filter((cell) => cell.layer === id).sort((a, b) => a.ratio - b.ratio);
    const rungs = [nothing];
    for (const { ratio, score: left, savedBytes, savedMacs } of own) {
      const lost = merit(metric, score) - merit(metric, left);
      rungs.push({ ratio, loss: Math.max(rungs.at(-1)!.loss, lost), savedBytes, savedMacs });
    }
    return [id, rungs] as const;
  });
}

function planOf(chosen: readonly (readonly [string, Rung])[], reached: boolean): SensitivityPlan {
  const sum = (of: (rung: Rung) => number) => chosen.reduce((total, [, rung]) => total + of(rung), 0);
  return {
    ratios: new Map(chosen.filter(([, { ratio }]) => ratio > 0).map(([id, { ratio }]) => [id, ratio])),
    savedBytes: sum((rung) => rung.savedBytes),
    savedMacs: sum((rung) => rung.savedMacs),
    loss: sum((rung) => rung.loss),
    reached,
  };
}

/**
 * The largest ratio of each layer at which it alone, and at every smaller one, loses at most `allowed` of the score.
 * @param allowed in the score's unit, at least 0; a drop of exactly so much is allowed
 */
export function ratiosWithinLoss(table: SensitivityTable, allowed: number): SensitivityPlan {
  const chosen = ladders(table).map(
    ([id, rungs]) => [id, rungs.findLast(({ loss }) => loss <= allowed + 1e-9)!] as const,
  );
  return planOf(chosen, true);
}

export interface Budget {
  readonly of: "bytes" | "macs";
  /** Fraction of the network's bytes or MACs that may stay, in (0, 1]. */
  readonly share: number;
}

/**
 * Ratios that bring the network within a budget at little loss: again and again the step is taken, of any layer to any
 * larger ratio, that loses the least of the score for what it saves; equal ones go to the larger saving, then to the earlier
 * layer. On the way every step that would do at once is looked at, and what proves needless is given back; the choice
 * that loses least is the answer.
 */
export function ratiosForBudget(table: SensitivityTable, { of, share }: Budget): SensitivityPlan {
  const saved = (rung: Rung) => (of === "bytes" ? rung.savedBytes : rung.savedMacs);
  const wanted = (of === "bytes" ? table.bytes : table.macs) * (1 - share) - 1e-6;
  const all = ladders(table);
  const rungs = all.map(([, list]) => list);
  const sum = (at: Places, part: (rung: Rung) => number) =>
    at.reduce((total, place, layer) => total + part(rungs[layer]![place]!), 0);
  const lossOf = (at: Places) => sum(at, ({ loss }) => loss);
  const plan = (at: Places, reached: boolean) =>
    planOf(
      all.map(([id, list], layer) => [id, list[at[layer]!]!] as const),
      reached,
    );

  let at: Places = all.map(() => 0);
  let best: Places | undefined;
  const consider = (found: Places) => {
    const lean = givenBack(rungs, found, saved, sum(found, saved) - wanted);
    if (!best || lossOf(lean) < lossOf(best)) best = lean;
  };
  while (sum(at, saved) < wanted) {
    const missing = wanted - sum(at, saved);
    const steps = stepsUp(rungs, at, saved);
    const finish = steps.filter(({ gain }) => gain >= missing).sort((x, y) => x.lost - y.lost)[0];
    if (finish) consider(at.with(finish.layer, finish.to));
    const next = steps.sort((x, y) => x.lost / x.gain - y.lost / y.gain || y.gain - x.gain)[0];
    if (!next) return plan(at, false);
    at = at.with(next.layer, next.to);
  }
  consider(at);
  return plan(best ?? at, true);
}

/** For each layer the number of its rung. */
type Places = readonly number[];

interface Step {
  readonly layer: number;
  readonly to: number;
  readonly lost: number;
  readonly gain: number;
}

/** What may be taken next: every larger ratio that saves anything. */
function stepsUp(rungs: readonly (readonly Rung[])[], at: Places, saved: (rung: Rung) => number): Step[] {
  return rungs.flatMap((list, layer) => {
    const now = list[at[layer]!]!;
    return list
      .map((rung, to) => ({ layer, to, lost: rung.loss - now.loss, gain: saved(rung) - saved(now) }))
      .filter(({ to, gain }) => to > at[layer]! && gain > 0);
  });
}

/** Lowered by what the spare saving allows, where that wins the most. */
function givenBack(
  rungs: readonly (readonly Rung[])[],
  at: Places,
  saved: (rung: Rung) => number,
  spare: number,
): Places {
  const steps = rungs.flatMap((list, layer) => {
    const now = list[at[layer]!]!;
    return list
      .slice(0, at[layer])
      .map((rung, to) => ({ layer, to, won: now.loss - rung.loss, cost: saved(now) - saved(rung) }))
      .filter(({ won, cost }) => won > 0 && cost <= spare);
  });
  const best = steps.sort((x, y) => y.won - x.won || x.cost - y.cost)[0];
  return best ? givenBack(rungs, at.with(best.layer, best.to), saved, spare - best.cost) : at;
}
