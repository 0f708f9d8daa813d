/** SHA-256 wherever the platform has no better way. */
import { sha256 as sha256InScript } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** In hexadecimal. WebCrypto where there is one (Node, pages over https and on localhost); in script elsewhere. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const { subtle } = globalThis.crypto as { readonly subtle: SubtleCrypto | undefined };
  if (!subtle) return bytesToHex(sha256InScript(bytes));
  return bytesToHex(new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));
}
