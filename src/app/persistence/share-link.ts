/**
 * A document in the address of the page: `#p=1.` and the deflated JSON in base64url. Whoever opens it trusts nothing in
 * it: sizes are capped while it inflates, and what comes out is parsed like any document.
 */
import { deflateSync, FlateErrorCode, Inflate, strFromU8, strToU8 } from "fflate";
import { EngineError, type EngineErrorCode } from "../../engine/core/errors";
import { parseDocumentText, type TimelineDocument } from "../../engine/document/document";

const version = 1;
const key = "p";

/** Of the JSON: a document of 200 clips takes some 60 kB. */
const mostBytes = 1_000_000;
/** Of the text in the link; browsers take more, and no document that is sensible takes as much. */
const mostCharacters = 1_000_000;
/** Fed to the decompressor at once: at most 1032 times as much comes out before its size is looked at. */
const chunkBytes = 1024;

const cure = "ask for the link again, or for the timeline as a file";
const broken = (expected: string, got: string, code: EngineErrorCode = "invalid-document"): EngineError =>
  new EngineError(code, `expected ${expected}, got ${got}; ${cure}`, { details: { expected, got } });

const cutShort = () => broken("the whole of a timeline", "a link that is cut short", "truncated-file");

/** @param address of the page; what it has behind `#` is left out */
export function linkTo(document: TimelineDocument, address: string): string {
  const bytes = deflateSync(strToU8(JSON.stringify(document)), { level: 9 });
  return `${address.split("#", 1)[0]!}#${key}=${version}.${toBase64Url(bytes)}`;
}

/** What a link carries, as text; null where it carries no document. */
export const payloadOf = (hash: string): string | null => new URLSearchParams(hash.replace(/^#/, "")).get(key);

/** @throws EngineError saying what was expected, what came, and how to mend it */
export function documentOfLink(payload: string): TimelineDocument {
  if (payload.length > mostCharacters) {
    throw broken(`a link of at most ${mostCharacters} characters`, `${payload.length}`);
  }
  const [, number, text] = /^(\d{1,4})\.(.*)$/s.exec(payload) ?? [];
  if (number === undefined || text === undefined) {
    throw broken(`a timeline that begins with '${version}.'`, payload === "" ? "nothing" : `'${payload.slice(0, 12)}'`);
  }
  if (Number(number) > version) {
    throw new EngineError(
      "newer-version",
      `expected a link of version ${version}, got ${Number(number)}; open it with a newer studio`,
    );
  }
  if (Number(number) !== version) throw broken(`a link of version ${version}`, `${Number(number)}`);
  return parseDocumentText(inflate(fromBase64Url(text)));
}

function inflate(bytes: Uint8Array): string {
  const parts: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  const stream = new Inflate((part, final) => {
    size += part.length;
    if (size <= mostBytes) parts.push(part);
    ended = final;
  });
  for (let at = 0; at < bytes.length && size <= mostBytes; at += chunkBytes) {
    try {
      stream.push(bytes.subarray(at, at + chunkBytes), at + chunkBytes >= bytes.length);
    } catch (error) {
      // Fewer bytes than the text needs end it too, when the last of them are pushed.
      const cut = error instanceof Error && "code" in error && error.code === FlateErrorCode.UnexpectedEOF;
      throw cut ? cutShort() : broken("deflated text", "bytes that cannot be inflated", "corrupt-file");
    }
  }
  if (size > mostBytes) throw broken(`a timeline of at most ${mostBytes} bytes`, "more");
  if (!ended) throw cutShort();
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return strFromU8(whole);
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(strFromU8(bytes, true)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function fromBase64Url(text: string): Uint8Array {
  if (!/^[\w-]*$/.test(text)) throw broken("letters, digits, '-' and '_'", "other characters in the link");
  try {
    return strToU8(atob(text.replace(/-/g, "+").replace(/_/g, "/")), true);
  } catch {
    throw cutShort();
  }
}
