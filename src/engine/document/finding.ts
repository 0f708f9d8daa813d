/** What a finding is, and what the checks of `validate.ts` and `order-findings.ts` ask of a clip. Light: the page loads it. */
import type { BlockMeta, Role } from "../blocks/block";
import { blockMeta, isBlockId } from "../blocks/catalog";
import type { NumberParam } from "../blocks/params";
import type { ErrorDetails } from "../core/errors";
import type { Clip, TimelineDocument } from "./document";

export type Severity = "error" | "warning" | "hint";
export type FindingCode =
  | "unknown-block"
  | "unknown-network"
  | "duplicate-id"
  | "invalid-params"
  | "needs-length"
  | "needs-instant"
  | "schedule-needs-length"
  | "missing-teacher"
  | "unused-teacher"
  | "teacher-unknown-clip"
  | "teacher-not-ready"
  | "teacher-unsupported"
  | "unknown-reference"
  | "layer-width"
  | "same-values"
  | "prune-after-quantize"
  | "normalization-folded"
  | "quantize-without-recovery"
  | "prune-without-recovery"
  | "hot-labels-few-bits"
  | "gap"
  | "many-points"
  | "too-many-samples"
  | "model-discards"
  | "untrained-source";

export interface Finding {
  readonly severity: Severity;
  readonly code: FindingCode;
  /** Absent where the finding is of the whole document. */
  readonly clipId?: string;
  readonly message: string;
  readonly cure: string;
  readonly details?: ErrorDetails;
}

/** What one clip has wrong or doubtful in its document. */
export type ClipCheck = (clip: Clip, meta: BlockMeta, document: TimelineDocument) => Finding[];

export const finding = (
  severity: Severity,
  code: FindingCode,
  clip: Clip | undefined,
  message: string,
  cure: string,
  details?: ErrorDetails,
): Finding => ({
  severity,
  code,
  ...(clip ? { clipId: clip.id } : {}),
  message,
  cure,
  ...(details ? { details } : {}),
});

/** Whether the clip's block plays one of these roles. */
export const has = (clip: Clip, ...roles: readonly Role[]): boolean =>
  isBlockId(clip.block) && roles.some((role) => blockMeta(clip.block).roles.includes(role));
/** A parameter as it is written, or its default. */
export const setting = (clip: Clip, meta: BlockMeta, name: string) => clip.params[name] ?? meta.params[name]?.default;

/** The parameters of a clip that a rule is about, with what the clip says. */
export function ruled<R extends "few" | "flat">(clip: Clip, rule: R) {
  if (!isBlockId(clip.block)) return [];
  const meta = blockMeta(clip.block);
  return Object.entries(meta.params).flatMap(([name, param]) => {
    const found = param.type === "number" ? param[rule] : undefined;
    return found
      ? [{ name, rule: found as NonNullable<NumberParam[R]>, value: Number(setting(clip, meta, name)) }]
      : [];
  });
}
