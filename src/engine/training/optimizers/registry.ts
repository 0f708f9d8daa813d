/** Every kind of optimizer by its name in documents and checkpoints. */
import { adam } from "./adam";
import type { OptimizerKind } from "./kind";
import { sgd } from "./sgd";

export const optimizerKinds = { adam, sgd } as const satisfies Record<string, OptimizerKind>;
export type OptimizerId = keyof typeof optimizerKinds;
