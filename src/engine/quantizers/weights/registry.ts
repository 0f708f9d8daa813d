/** Every kind of quantizer of weights; a missing or surplus one does not compile. */
import type { ParameterQuantizer, WeightQuantizers } from "../../core/snapshot";
import { clusters } from "./clusters";
import { basis } from "./basis";
import { codebook } from "./codebook";
import type { AnyWeightKind, WeightKind } from "./kind";
import { uniform } from "./uniform";

/** Keys are written into files: never rename one. */
export const weightKinds: { readonly [K in keyof WeightQuantizers]: WeightKind<WeightQuantizers[K]> } = {
  uniform,
  codebook,
  clusters,
  basis,
};

export const weightKindNames = Object.keys(weightKinds) as (keyof WeightQuantizers)[];

/** The kind of a quantizer, typed so that it takes that quantizer. */
export const weightKindOf = ({ kind }: Pick<ParameterQuantizer, "kind">): AnyWeightKind =>
  weightKinds[kind] as unknown as AnyWeightKind;
