/** A run as a file for other programs: the document that it executed, and every figure that it gave. */
import { classify } from "../../../engine/document/classify";
import type { Run } from "../../stores/run-store";

export const runJson = ({
  document,
  startedAt,
  phase,
  backend,
  seconds,
  shipped,
  points,
  boundaries,
  error,
}: Run): string =>
  JSON.stringify(
    {
      document,
      combos: classify(document),
      startedAt: new Date(startedAt).toISOString(),
      state: phase,
      ...(shipped ? { shipped } : {}),
      backend,
      seconds,
      ...(error ? { error: { code: error.code, message: error.message } } : {}),
      points,
      original: points[0] ?? null,
      final: points.at(-1) ?? null,
      boundaries: boundaries.map(({ point, tensors, confusion }) => ({
        clip: point.clip,
        step: point.step,
        tensors,
        confusion: [...confusion],
      })),
    },
    null,
    2,
  );
