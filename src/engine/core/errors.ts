/**
 * The errors a person or a program can act on. Everything else is `internal` and keeps its stack in the console.
 * Messages are lower case and say what was expected, what came, and how to mend it.
 */

/** Add a code here before you throw it; the command line prints it, the page translates it. */
export type EngineErrorCode =
  | "invalid-params"
  | "invalid-document"
  | "newer-version"
  | "unknown-block"
  | "unknown-model"
  | "unknown-dataset"
  | "unknown-recipe"
  | "unknown-format"
  | "invalid-file"
  | "truncated-file"
  | "corrupt-file"
  | "unsupported-layer"
  | "shape-mismatch"
  | "not-prunable"
  | "missing-teacher"
  | "asset-missing"
  | "asset-corrupt"
  | "backend-unavailable"
  | "diverged"
  | "cancelled"
  | "engine-died"
  | "usage"
  | "internal";

/** Values that let the page say the message in its own language. Plain data: structured clone keeps it. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>>;

/** What crosses a thread. */
export interface EngineErrorData {
  readonly code: EngineErrorCode;
  readonly message: string;
  readonly clipId?: string;
  readonly details?: ErrorDetails;
}

export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly clipId: string | undefined;
  readonly details: ErrorDetails | undefined;

  constructor(
    readonly code: EngineErrorCode,
    message: string,
    more: { readonly clipId?: string; readonly details?: ErrorDetails; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.clipId = more.clipId;
    this.details = more.details;
  }
}

/**
 * Whether the engine that threw this can be trusted no more: compiled code trapped in the middle of a kernel, or a
 * thread that shares its memory did not answer. Whoever hosts an engine replaces it then.
 */
export function losesEngine(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof WebAssembly.RuntimeError) return true;
    if (cause instanceof EngineError && cause.code === "engine-died") return true;
  }
  return false;
}

export function toErrorData(error: unknown): EngineErrorData {
  if (error instanceof EngineError) {
    const { code, message, clipId, details } = error;
    return {
      code,
      message,
      ...(clipId === undefined ? {} : { clipId }),
      ...(details === undefined ? {} : { details }),
    };
  }
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}

export const fromErrorData = (data: EngineErrorData): EngineError => new EngineError(data.code, data.message, data);
