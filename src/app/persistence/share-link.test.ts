import { deflateSync, strToU8 } from "fflate";
import { describe, expect, it } from "vitest";
import { toErrorData } from "../../engine/core/errors";
import { defaultDocument, emptyDocument } from "../edits/default-document";
import { documentOfLink, linkTo, payloadOf } from "./share-link";

const payload = (link: string): string => payloadOf(link.slice(link.indexOf("#")))!;
const packed = (text: string): string => `1.${Buffer.from(deflateSync(strToU8(text))).toString("base64url")}`;
const refusal = (text: string) => {
  try {
    documentOfLink(text);
  } catch (error) {
    return toErrorData(error);
  }
  throw new Error("expected a refusal");
};

describe("a link", () => {
  it.each([
    ["the example", defaultDocument],
    ["an empty timeline", emptyDocument],
    ["words of any script", { ...defaultDocument, name: "先剪枝，再蒸馏 <b>&amp;</b>" }],
  ])("gives back %s", (_, document) => {
    const link = linkTo(document, "https://host/studio/?a=1#old");
    expect(link.startsWith("https://host/studio/?a=1#p=1.")).toBe(true);
    expect(link).toMatch(/#p=1\.[\w-]+$/);
    expect(documentOfLink(payload(link))).toEqual(document);
  });

  it("is short: the example fits a message", () => {
    expect(linkTo(defaultDocument, "").length).toBeLessThan(700);
  });

  it("is none without its key", () => {
    expect(payloadOf("")).toBeNull();
    expect(payloadOf("#other=1")).toBeNull();
  });
});

describe("a link that is refused", () => {
  const whole = payload(linkTo(defaultDocument, ""));
  it.each([
    ["nothing", "", "invalid-document", "got nothing"],
    ["no version", "abc", "invalid-document", "'abc'"],
    ["a newer version", "2.abc", "newer-version", "got 2"],
    ["other characters", "1.a+b", "invalid-document", "other characters"],
    ["cut short", whole.slice(0, whole.length / 2), "truncated-file", "cut short"],
    [
      "noise",
      `1.${Buffer.from("no deflated text at all").toString("base64url")}`,
      "corrupt-file",
      "cannot be inflated",
    ],
    ["no JSON", packed("hello"), "invalid-document", "expected JSON"],
    ["no document", packed('{"version":1}'), "invalid-document", "expected"],
    ["a document of a newer studio", packed('{"version":9}'), "newer-version", "got 9"],
    ["too long", `1.${"a".repeat(1_000_001)}`, "invalid-document", "1000000 characters"],
  ])("%s", (_, text, code, message) => {
    const error = refusal(text);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it("inflates no further than a document can be: 20 MB of zeros take 27 kB in a link", () => {
    const bomb = `1.${Buffer.from(deflateSync(new Uint8Array(20_000_000), { level: 9 })).toString("base64url")}`;
    expect(bomb.length).toBeLessThan(30_000);
    expect(refusal(bomb).message).toContain("at most 1000000 bytes");
  });
});
