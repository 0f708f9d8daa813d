/** The implementations of the blocks. Heavy: loads tensors. */
import type { BlockImplementation } from "../block";
import type { BlockId } from "../catalog";
import { registry } from "./registry.generated";

/** The implementation of a block; its parameters must have passed its own schema. */
export const implementationOf = (id: BlockId): BlockImplementation => registry[id] as unknown as BlockImplementation;
