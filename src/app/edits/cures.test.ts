import { describe, expect, it } from "vitest";
import { parseDocument, type TimelineDocument } from "../../engine/document/document";
import { tinyDocument } from "../../engine/document/tiny-document.testing";
import type { Finding, FindingCode } from "../../engine/document/finding";
import { validate } from "../../engine/document/validate";
import { curesOf } from "./cures";
import { documentsWith } from "./findings.testing";

const firstOf = (document: TimelineDocument, code: FindingCode): Finding => {
  const finding = validate(document).find((f) => f.code === code);
  if (!finding) throw new Error(`expected a document with ${code}, got none`);
  return finding;
};

const cases = (Object.keys(documentsWith) as FindingCode[]).flatMap((code) =>
  documentsWith[code].flatMap((document, n) =>
    curesOf(firstOf(document, code), document).map((cure) => ({ code, n, document, cure, key: cure.key })),
  ),
);

describe("curesOf", () => {
  it.each(cases)("$key mends $code (document $n)", ({ code, document, cure }) => {
    const before = structuredClone(document);
    const mended = cure.edit(document);
    const finding = firstOf(document, code);
    const same = validate(mended).filter(
      (f) =>
        f.code === code && f.clipId === finding.clipId && f.details?.["parameter"] === finding.details?.["parameter"],
    );
    expect(same).toEqual([]);
    // What comes out is a document, and what went in is as it was.
    expect(parseDocument(mended)).toEqual(mended);
    expect(document).toEqual(before);
  });

  it("every finding has one, except where only the person knows", () => {
    const without = (Object.keys(documentsWith) as FindingCode[]).filter((code) =>
      documentsWith[code].some((document) => curesOf(firstOf(document, code), document).length === 0),
    );
    expect(without).toEqual(["unknown-network"]);
  });

  it("an error is gone and none has come in its place", () => {
    for (const { code, document, cure } of cases.filter((c) => firstOf(c.document, c.code).severity === "error")) {
      const errors = (d: TimelineDocument) => validate(d).filter((f) => f.severity === "error").length;
      expect([code, errors(cure.edit(document)) < errors(document)]).toEqual([code, true]);
    }
  });

  it("later clips of a taken name are renamed, the first keeps it", () => {
    const [document] = documentsWith["duplicate-id"];
    const [cure] = curesOf(firstOf(document!, "duplicate-id"), document!);
    // x-2 is taken.
    expect(cure!.edit(document!).clips.map((c) => c.id)).toEqual(["x", "x-3", "x-2", "x-4"]);
  });

  it("closing a gap takes the instants inside it along", () => {
    const document = tinyDocument([
      { block: "train.fine-tune", steps: 10 },
      { block: "quant.uniform-kbit", start: 12 },
      { block: "train.fine-tune", start: 20, steps: 5 },
    ]);
    const [cure] = curesOf(firstOf(document, "gap"), document);
    expect(cure!.edit(document).clips.map((c) => c.start)).toEqual([0, 10, 10]);
  });
});
