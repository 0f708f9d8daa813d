/** What every block owes, seen by looking at the folders themselves, and the rule that later clips spoil nothing. */
import { beforeAll, describe, expect, it } from "vitest";
import { citationKeys } from "#survey/citations";
import { surveyNodeIds } from "#survey/taxonomy";
import type { Words } from "#survey/words";
import { decodeArtefact, encodeArtefact } from "../codecs/artefact";
import { parametersOf } from "../core/network";
import type { ParameterState, Snapshot } from "../core/snapshot";
import { channelGroups } from "../surgery/channel-groups";
import { foldBatchNorm } from "../surgery/fold-batch-norm";
import { removeChannels } from "../surgery/remove-channels";
import {
  decodedOf,
  effectiveOf,
  runTiny,
  startTiny,
  tinyDocument,
  tinyPlatform,
  trainedTiny,
} from "../timeline/tiny.testing";
import { type BlockMeta, blockPrefixes } from "./block";
import { catalog } from "./catalog";
import { parseParams } from "./params";
import { pruneByMagnitude } from "./prune/magnitude/magnitude";
import { implementationOf } from "./registry";
import { quantizeWeights } from "./shared/quantize";
import { blockWords } from "./words";

const metas = import.meta.glob<{ meta: BlockMeta }>("./*/*/meta.ts", { eager: true });
const files = Object.keys(import.meta.glob("./*/*/*.ts"));

it("every folder with a meta.ts is in the catalogue, once", () => {
  const onDisk = Object.values(metas).map(({ meta }) => meta.id);
  expect(catalog.map((m) => m.id).toSorted()).toEqual(onDisk.toSorted());
});

describe.each(Object.entries(metas))("%s", (path, { meta }) => {
  const folder = path.replace(/\/meta\.ts$/, "");
  const [, kind, name] = folder.split("/") as [string, keyof typeof blockPrefixes, string];
  const id = meta.id as (typeof catalog)[number]["id"];

  it("is named after its folder", () => {
    expect([meta.kind, meta.id]).toEqual([kind, `${blockPrefixes[kind]}.${name}`]);
  });

  it("has an algorithm and a test", () => {
    expect(files).toEqual(expect.arrayContaining([`${folder}/${name}.ts`, `${folder}/${name}.test.ts`]));
    expect(implementationOf(id)).toBeTypeOf("function");
  });

  it("its own defaults are valid", () => {
    expect(() => parseParams(meta.params, {})).not.toThrow();
  });

  it("belongs to the survey, cites what exists, and covers itself", () => {
    expect(surveyNodeIds).toContain(meta.survey);
    for (const key of meta.citations) expect(citationKeys).toContain(key);
    expect(meta.covers).toContain(meta.id);
  });

  it("says everything in both languages", () => {
    const { label, summary, params } = blockWords[id];
    const labels = Object.values(params as Record<string, { label: Words; options?: Record<string, Words> }>);
    const all = [label, summary, ...labels.flatMap((p) => [p.label, ...Object.values(p.options ?? {})])];
    for (const { en, zh } of all) expect([en.trim(), zh.trim()]).not.toContain("");
    expect(Object.keys(params).toSorted()).toEqual(Object.keys(meta.params).toSorted());
  });
});

/** One snapshot of each class of state. */
async function states(): Promise<Record<string, Snapshot>> {
  const plain = await trainedTiny();
  const bits = { wBits: 4, edgeBits: 4, granularity: "channel", calibration: "minmax", percentile: 99 } as const;
  const codebook: [string, ParameterState][] = parametersOf(plain.network)
    .filter((p) => p.role === "kernel")
    .map(({ name }) => [name, { quantizer: { kind: "codebook", values: Float32Array.of(-0.3, -0.1, 0, 0.1, 0.3) } }]);
  const [group] = channelGroups(plain.network);
  const folded = foldBatchNorm(plain);
  return {
    plain,
    masked: pruneByMagnitude(plain, 0.6, "local"),
    shrunk: removeChannels(plain, new Map([[group!.id, [0, 2]]])).snapshot,
    "4-bit": quantizeWeights(folded, bits),
    "4-bit and masked": quantizeWeights(pruneByMagnitude(folded, 0.6, "local"), bits),
    codebook: { ...folded, states: new Map(codebook) },
    folded,
  };
}

/** Distinct values of each scale group. */
function distinct(values: Float32Array, groups: number): number {
  const sets = Array.from({ length: groups }, () => new Set<number>());
  values.forEach((v, i) => sets[i % groups]!.add(v));
  return Math.max(...sets.map((s) => s.size));
}

describe("later clips preserve what earlier ones made", () => {
  beforeAll(startTiny);

  // model.replace starts over by its meaning: there is nothing to preserve.
  const blocks = catalog.filter(({ id }) => id !== "model.replace");
  const classes = ["plain", "masked", "shrunk", "4-bit", "4-bit and masked", "codebook", "folded"];

  it.each(blocks.flatMap(({ id }) => classes.map((state) => [id, state] as const)))(
    "%s on a %s network",
    async (id, state) => {
      const before = (await states())[state]!;
      const meta: BlockMeta = catalog.find((m) => m.id === id)!;
      const span = meta.length === "span";
      const clip = {
        block: id,
        steps: span ? 3 : 0,
        ...(meta.needs.teacher ? { teacher: "original" } : {}),
        ...(meta.kind === "quantize" ? { params: { wBits: 8 } } : {}),
      };
      const document = tinyDocument([clip], { model: { source: "file:state" } });
      const run = await runTiny(document, { platform: await tinyPlatform({ state: before }), useCache: false });
      const after = decodedOf(run);
      for (const { name, role } of parametersOf(before.network)) {
        if (role !== "kernel" || !after.values.has(name)) continue;
        const [was, is] = [effectiveOf(before, name), effectiveOf(after, name)];
        expect(is.every(Number.isFinite)).toBe(true);
        if (before.states.get(name)?.mask && was.length === is.length) {
          expect(is.filter((v, i) => was[i] === 0 && v !== 0)).toHaveLength(0);
        }
        const quantizer = before.states.get(name)?.quantizer;
        const now = after.states.get(name)?.quantizer;
        if (quantizer?.kind === "uniform") {
          // Surgery cuts the scales with the channels: the groups are those of the quantizer that is left.
          expect(now?.kind).toBe("uniform");
          expect(distinct(is, now?.kind === "uniform" ? now.scales.length : 0)).toBeLessThanOrEqual(16);
        }
        if (quantizer?.kind === "codebook") expect(distinct(is, 1)).toBeLessThanOrEqual(quantizer.values.length + 1);
      }
      // What was decoded is stored again in the same bytes.
      const again = encodeArtefact(after);
      expect(again.sizeBytes).toBe(run.result.final.sizeBytes);
      expect(decodeArtefact(again.bytes).snapshot.values).toEqual(after.values);
    },
  );
});
