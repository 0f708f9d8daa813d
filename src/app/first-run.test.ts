/** That the run which ships with the studio is what today's engine measures on today's first document. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { prepareBackend } from "#engine/backend/choose";
import { decodeArtefact } from "#engine/codecs/artefact";
import { engineVersion } from "#engine/core/version";
import { hashableJson, parseDocument, parseDocumentText } from "#engine/document/document";
import { boundariesOf } from "#engine/document/schedule";
import { scoreFile } from "#engine/run/score-file";
import { createNodePlatform } from "#platform/node";
import { shippedRun } from "./first-run";

const root = join(import.meta.dirname, "../..");
const text = (path: string) => readFileSync(join(root, path), "utf8");
const json = JSON.parse(text("public/first-run/run.json")) as { engineVersion: string; documentHash: string };
const bytes = new Uint8Array(readFileSync(join(root, "public/first-run/compressed.csnet")));
const run = shippedRun(json, bytes);
const again = "run `npm run first-run` again";

describe("the run that ships with the studio", () => {
  it("is of the first document and of this engine", () => {
    const document = parseDocumentText(text("examples/studio.json"));
    expect(hashableJson(run.document), again).toBe(hashableJson(document));
    expect(json.engineVersion, again).toBe(engineVersion);
    expect(json.documentHash).toBe(createHash("sha256").update(hashableJson(document)).digest("hex"));
  });

  it("has a point at every boundary and as many losses as a chart shows", () => {
    const steps = boundariesOf(run.document).flatMap(({ step, ends, instants }) =>
      [...ends, ...instants].map((clip) => [clip.id, step]),
    );
    expect(run.boundaries.map(({ point }) => [point.clip, point.step])).toEqual([[null, 0], ...steps]);
    expect(run.losses.rows.length).toBeGreaterThan(200);
    expect(run.losses.rows.at(-1)!.step).toBe(939);
  });

  it("ships the file that it made, with the document inside", () => {
    const decoded = decodeArtefact(bytes);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(run.artefact!.sha256);
    expect(parseDocument(decoded.document)).toEqual(run.document);
    const final = run.points.at(-1)!;
    expect([decoded.sizeBytes, decoded.fileBytes]).toEqual([final.sizeBytes, final.fileBytes]);
  });

  describe("on the test images", () => {
    const platform = createNodePlatform();
    beforeAll(async () => {
      await prepareBackend({ requested: "wasm", wasmPaths: platform.wasmPaths, now: () => platform.clock.now() });
    });

    it("has a file that scores what the chart shows", async () => {
      const { accuracy, images } = await scoreFile({ bytes }, platform);
      const final = run.points.at(-1)!;
      expect([accuracy, images]).toEqual([final.accuracy, final.testImages]);
    });
  });
});
