/** Gunzip and inflate with the host's DecompressionStream (browsers and Node alike), up to a limit of bytes. */
import { EngineError } from "#engine/core/errors";

/**
 * @param maxBytes largest inflated size; a stream that grows past it is left where it is
 * @throws EngineError `corrupt-file`
 */
export async function inflateWithLimit(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const stream = new DecompressionStream(isGzip ? "gzip" : "deflate");
  const writer = stream.writable.getWriter();
  // Their failures arrive at the reader as well; here they only must not go unhandled.
  writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => undefined);
  writer.close().catch(() => undefined);

  const reader = stream.readable.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const step = await reader.read().catch((cause: unknown) => {
      throw new EngineError(
        "corrupt-file",
        `expected gzip or zlib data, got ${bytes.length} bytes that do not inflate: ${String(cause)}`,
        { cause },
      );
    });
    if (step.done) break;
    size += step.value.length;
    if (size > maxBytes) {
      await reader.cancel().catch(() => undefined);
      throw new EngineError(
        "corrupt-file",
        `expected compressed data of at most ${maxBytes} bytes when inflated, got more`,
      );
    }
    chunks.push(step.value);
  }
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
