/** Reading an output as rows of class logits, for what works on classes alone. */
import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { EngineError } from "../core/errors";
import type { Targets, Task } from "./task";

/** Rows `[rows, classes]` of an output. @throws EngineError `invalid-params` for a task without classes */
export function classLogitsOf(task: Task, output: Tensor): Tensor2D {
  if (!task.classLogits) {
    throw new EngineError(
      "invalid-params",
      `expected a task whose outputs are logits of classes, got '${task.id}'; take the clip that reads them off the timeline`,
    );
  }
  return task.classLogits(output);
}

/** The true classes of the same rows, one-hot. */
export const classTargetsOf = (targets: Targets): Tensor2D => targets["oneHot"] as Tensor2D;
